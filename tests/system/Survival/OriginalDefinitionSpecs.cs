using System.Text.Json.Nodes;
using Ebb.Core.Workloads;
using Ebb.Tests.Harness;

namespace Ebb.Tests.Survival;

/// <summary>
/// The definition that the original ups-scaler brings is still installed: it has no field for a baseline and drops every status. What
/// an integer can hold is looked after; what it cannot hold is left awake, since it could not be woken to what it was.
/// </summary>
public sealed class OriginalDefinitionSpecs
{
    private const string Definition = """
        {"spec": {"versions": [{
          "name": "v1alpha1", "served": true, "storage": true, "subresources": {"status": {}},
          "schema": {"openAPIV3Schema": {"type": "object", "properties": {"spec": {"type": "object", "properties": {
            "name": {"type": "string"}, "namespace": {"type": "string"}, "type": {"type": "string"},
            "scaleUpPriority": {"type": "integer"}, "shutdownPriority": {"type": "integer"},
            "specReplicas": {"type": "integer", "default": -1}
          }}}}}
        }]}}
        """;

    private static readonly Dictionary<string, string?> Hurried = new()
    {
        ["Power__OnBatteryFor"] = "2s",
        ["Power__MainsFor"] = "3s",
        ["Power__WaveTimeout"] = "30s",
    };

    [Fact]
    public async Task What_an_integer_holds_sleeps_and_wakes_and_nothing_is_written_again_and_again()
    {
        await using var world = await World.StartAsync(EveryKind.Manifests);
        world.Cluster.Store.Patch(
            "customresourcedefinitions.apiextensions.k8s.io",
            null,
            "upsscalers.ups-scaler.io",
            JsonNode.Parse(Definition)!.AsObject()
        );
        await using var ebb = EbbProcess.Start(world, Hurried);
        world.Ups.StatusOverride = "OL";
        for (var i = 0; i < 20; i++)
            await ebb.StepAsync();
        world.Ups.StatusOverride = "OB";
        world.Cluster.Requests.Clear();
        for (var i = 0; i < 180; i++)
            await ebb.StepAsync();

        Assert.Equal("0", Replicas());
        var unkept = ebb.View.Plan.Workloads.Single(w => w.Member.Scaler.Ref.Name == "application-blog");
        Assert.NotEqual(WorkloadPhase.Asleep, unkept.Phase);
        Assert.Contains("does not know spec.baseline: apply deploy/crds", unkept.Reason, StringComparison.Ordinal);
        Assert.NotNull(
            world.Cluster.Store.Get("applications.argoproj.io", "shop", "blog")!["spec"]!["syncPolicy"]!["automated"]
        );
        // Twelve workloads in three minutes: one status a minute each, and nobody is asked more often than every five seconds.
        Assert.InRange(
            world.Cluster.Requests.CountOf(r => r.IsWrite && r.Path.EndsWith("/status", StringComparison.Ordinal)),
            1,
            12 * 4
        );
        Assert.InRange(
            world.Cluster.Requests.CountOf(r =>
                r.IsWrite
                && r.Path.Contains("/application-blog", StringComparison.Ordinal)
                && !r.Path.EndsWith("/status", StringComparison.Ordinal)
            ),
            1,
            180 / 5 + 5
        );

        world.Ups.StatusOverride = "OL CHRG";
        for (var i = 0; i < 60 && Replicas() != "3"; i++)
            await ebb.StepAsync();
        Assert.Equal("3", Replicas());

        string Replicas() =>
            world.Cluster.Store.Get("deployments.apps", "shop", "web")!["spec"]!["replicas"]!.ToJsonString();
    }
}
