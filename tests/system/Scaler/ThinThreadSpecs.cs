using static Ebb.Tests.Scaler.Manifests;

namespace Ebb.Tests.Scaler;

/// <summary>KEDA's loop asks the scaler over gRPC, and the cluster shows what was answered.</summary>
public sealed class ThinThreadSpecs
{
    [Fact]
    public async Task A_window_goes_from_none_to_twelve_and_back_on_time()
    {
        await using var all = await ScalerWorld.StartAsync(
            Node("node-1", "32") + Deployment("queue", 0)
            + Scaled("queue", "follow: schedule, timezone: UTC, start: \"12:05\", end: \"12:10\", desiredReplicas: \"12\""),
            options => options with { HpaPeriod = TimeSpan.FromSeconds(5) });
        await all.StepAsync(239);
        Assert.Equal(0, all.Replicas("shop", "queue"));
        await all.StepAsync(12);
        Assert.Equal(12, all.Replicas("shop", "queue"));
        await all.StepAsync(286);
        Assert.Equal(12, all.Replicas("shop", "queue"));
        await all.StepAsync(5);
        Assert.Equal(0, all.Replicas("shop", "queue"));
    }

    [Fact]
    public async Task Spare_capacity_fills_the_cluster_and_yields()
    {
        await using var all = await ScalerWorld.StartAsync(
            Node("node-1", "16") + Node("node-2", "16") + Deployment("web", 2, "4") + Deployment("miner", 0)
            + Scaled("miner", "follow: capacity, reserve: \"4\", growStep: \"100\", growPeriod: 1s"),
            options => options with { HpaPeriod = TimeSpan.FromSeconds(5) });
        await all.StepAsync(30);
        Assert.Equal(20, all.Replicas("shop", "miner"));
        all.World.Cluster.Store.Patch("deployments.apps", "shop", "web", new() { ["spec"] = new System.Text.Json.Nodes.JsonObject { ["replicas"] = 4 } });
        await all.StepAsync(30);
        Assert.Equal(12, all.Replicas("shop", "miner"));
        Assert.All(all.World.Cluster.Store.List("pods", "shop", "app=web"), pod => Assert.Equal("Running", (string?)pod["status"]!["phase"]));
        var shown = await all.Http.GetStringAsync("/explain/shop/miner", TestContext.Current.CancellationToken);
        Assert.Contains("\"requestedByOthers\":\"16\"", shown, StringComparison.Ordinal);
    }
}
