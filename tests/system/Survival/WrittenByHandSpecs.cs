using System.Text.Json.Nodes;
using Ebb.Core.Waves;
using Ebb.Tests.Harness;

namespace Ebb.Tests.Survival;

/// <summary>Somebody writes or deletes what Ebb keeps in the cluster.</summary>
public sealed class WrittenByHandSpecs
{
    private static readonly Dictionary<string, string?> Hurried = new()
    {
        ["Power__OnBatteryFor"] = "2s",
        ["Power__MainsFor"] = "3s",
        ["Power__WaveTimeout"] = "120s",
    };

    [LongTheory]
    [InlineData("Outage", "20990101t000000z", "{}")]
    [InlineData("Outage", "20990101t000000z", """{"report":{"id":"20990101T000000Z"}}""")]
    [InlineData(
        "Outage",
        "20990101t000000z",
        """{"progress":{},"report":{"id":"x","began":"2026-01-01T00:00:00Z","cause":"c","workloads":[{}]}}"""
    )]
    [InlineData("Outage", "20990101t000000z", """{"progress":{"waves":null},"report":null}""")]
    [InlineData(
        "Outage",
        "20990101t000000z",
        """{"progress":{"began":"2026-01-15T11:00:00Z","direction":"down"},"report":{"id":"20990101T000000Z","began":"2026-01-15T11:00:00Z","cause":"c","workloads":[{"name":"deployment shop/web"},{"name":"deployment shop/web"}]}}"""
    )]
    [InlineData("Power", "cluster", "{}")]
    [InlineData("Power", "cluster", """{"supplies":[{"lastKnown":"battery"}]}""")]
    [InlineData("Power", "cluster", """{"supplies":"all"}""")]
    public async Task Nonsense_tells_nothing_and_stops_nothing(string kind, string name, string status)
    {
        await using var world = await World.StartAsync(EveryKind.Manifests);
        var kinds = new EveryKind(world);
        // The shipped definitions refuse most of it; somebody has put others in their place.
        world.Cluster.Store.Patch(
            "customresourcedefinitions.apiextensions.k8s.io",
            null,
            $"{kind.ToLowerInvariant()}s.ebb.dev",
            JsonNode
                .Parse(
                    """
                    {"spec": {"versions": [{
                      "name": "v1alpha1", "served": true, "storage": true,
                      "schema": {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}}
                    }]}}
                    """
                )!
                .AsObject()
        );
        world.Cluster.Store.Apply(
            new JsonObject
            {
                ["apiVersion"] = "ebb.dev/v1alpha1",
                ["kind"] = kind,
                ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = "ebb-system" },
                ["status"] = JsonNode.Parse(status),
            }
        );
        await using var ebb = EbbProcess.Start(world, Hurried);
        world.Ups.StatusOverride = "OB";
        await UntilAsync(ebb, () => kinds.AllAsleep);
        world.Ups.StatusOverride = "OL CHRG";
        await UntilAsync(ebb, () => kinds.AllAwake);
        kinds.EndedAsItBegan();
        Assert.Empty(kinds.Broken);
    }

    [Fact]
    public async Task A_baseline_deleted_while_nobody_leads_is_created_again_from_the_outages_record()
    {
        await using var world = await World.StartAsync(EveryKind.Manifests);
        var kinds = new EveryKind(world);
        var first = EbbProcess.Start(world, Hurried);
        world.Ups.StatusOverride = "OB";
        await UntilAsync(first, () => kinds.AllAsleep);
        // The record of the last wave is written.
        for (var i = 0; i < 30; i++)
            await first.StepAsync();
        first.Kill();
        await first.DisposeAsync();
        var all = world.Cluster.Store.Count("baselines.ebb.dev");
        world.Cluster.Store.Delete("baselines.ebb.dev", "ebb-system", "shop.deployment.web");
        await using var second = EbbProcess.Start(world, Hurried);
        await UntilAsync(second, () => world.Cluster.Store.Count("baselines.ebb.dev") == all);
        world.Ups.StatusOverride = "OL CHRG";
        await UntilAsync(second, () => kinds.AllAwake);
        kinds.EndedAsItBegan();
        Assert.Empty(kinds.Broken);
    }

    [Fact]
    public async Task A_baseline_deleted_right_after_a_takeover_is_created_again()
    {
        await using var world = await World.StartAsync(EveryKind.Manifests);
        var kinds = new EveryKind(world);
        var first = EbbProcess.Start(world, Hurried);
        await using var second = EbbProcess.Start(world, Hurried);
        world.Ups.StatusOverride = "OB";
        await UntilAsync(first, () => kinds.AllAsleep);
        // Nothing changes in the cluster any more before the other one leads.
        for (var i = 0; i < 10; i++)
        {
            await first.StepAsync();
            await second.TurnAsync();
        }
        first.Kill();
        await first.DisposeAsync();
        await UntilAsync(second, () => second.Path.Leads);
        var all = world.Cluster.Store.Count("baselines.ebb.dev");
        world.Cluster.Store.Delete("baselines.ebb.dev", "ebb-system", "shop.deployment.web");
        await UntilAsync(second, () => world.Cluster.Store.Count("baselines.ebb.dev") == all);
        world.Ups.StatusOverride = "OL CHRG";
        await UntilAsync(second, () => kinds.AllAwake);
        kinds.EndedAsItBegan();
        Assert.Empty(kinds.Broken);
    }

    [Fact]
    public async Task A_baseline_of_nobody_that_was_deleted_moves_nothing_later()
    {
        await using var world = await World.StartAsync(EveryKind.Manifests);
        var kinds = new EveryKind(world);
        await using var ebb = EbbProcess.Start(world, Hurried);
        world.Ups.StatusOverride = "OB";
        await UntilAsync(ebb, () => kinds.AllAsleep);
        var scaler = world.Cluster.Store.Get("upsscalers.ups-scaler.io", "shop", "deployment-web")!;
        var spec = scaler["spec"]!.DeepClone();
        world.Cluster.Store.Delete("upsscalers.ups-scaler.io", "shop", "deployment-web");
        world.Cluster.Store.Delete("baselines.ebb.dev", "ebb-system", "shop.deployment.web");
        for (var i = 0; i < 5; i++)
            await ebb.StepAsync();
        world.Ups.StatusOverride = "OL CHRG";
        await UntilAsync(ebb, () => ebb.View.Plan.Phase == Phase.Normal);
        world.Cluster.Store.Patch(
            "deployments.apps",
            "shop",
            "web",
            new JsonObject { ["spec"] = new JsonObject { ["replicas"] = 1 } }
        );
        world.Cluster.Store.Apply(
            new JsonObject
            {
                ["apiVersion"] = "ups-scaler.io/v1alpha1",
                ["kind"] = "UpsScaler",
                ["metadata"] = new JsonObject { ["name"] = "deployment-web", ["namespace"] = "shop" },
                ["spec"] = spec,
            }
        );
        for (var i = 0; i < 10; i++)
            await ebb.StepAsync();
        Assert.Equal(1, (int)world.Cluster.Store.Get("deployments.apps", "shop", "web")!["spec"]!["replicas"]!);
        Assert.Empty(world.Cluster.Store.List("baselines.ebb.dev"));
    }

    private static async Task UntilAsync(EbbProcess ebb, Func<bool> condition)
    {
        for (var i = 0; i < 300 && !condition(); i++)
            await ebb.StepAsync();
        Assert.True(condition(), $"{ebb.View.Plan.Phase}: {ebb.View.Plan.Reason}");
    }
}
