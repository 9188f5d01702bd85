using System.Text.Json.Nodes;
using Ebb.Tests.Harness;

namespace Ebb.Tests.Survival;

/// <summary>
/// The definition that the original ups-scaler brings is still installed, or applied in mid-outage: it drops every
/// status. Baselines are
/// objects of their own, so that everything sleeps and wakes all the same.
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

    [LongTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Everything_sleeps_and_wakes_and_no_status_is_written_again_and_again(bool inTheOutage)
    {
        await using var world = await World.StartAsync(EveryKind.Manifests);
        if (!inTheOutage)
            Install();
        var kinds = new EveryKind(world);
        await using var ebb = EbbProcess.Start(world, Hurried);
        world.Ups.StatusOverride = "OL";
        for (var i = 0; i < 20; i++)
            await ebb.StepAsync();
        world.Ups.StatusOverride = "OB";
        for (var i = 0; i < 30; i++)
            await ebb.StepAsync();
        if (inTheOutage)
            Install();
        world.Cluster.Requests.Clear();
        for (var i = 0; i < 180; i++)
            await ebb.StepAsync();
        Assert.True(kinds.AllAsleep);
        // Thirteen workloads in three minutes: one status a minute each.
        Assert.InRange(
            world.Cluster.Requests.CountOf(r => r.IsWrite && r.Path.EndsWith("/status", StringComparison.Ordinal)),
            inTheOutage ? 0 : 1,
            13 * 4
        );
        world.Ups.StatusOverride = "OL CHRG";
        for (var i = 0; i < 120 && !kinds.AllAwake; i++)
            await ebb.StepAsync();
        kinds.EndedAsItBegan();
        Assert.True(kinds.AllAwake);
        Assert.Empty(kinds.Broken);

        void Install() =>
            world.Cluster.Store.Patch(
                "customresourcedefinitions.apiextensions.k8s.io",
                null,
                "upsscalers.ups-scaler.io",
                JsonNode.Parse(Definition)!.AsObject()
            );
    }
}
