using Ebb.Kubernetes.Api;
using Ebb.Nut;
using Ebb.Simulation.Faults;
using Ebb.Tests.Harness;

namespace Ebb.Tests.Survival;

/// <summary>A process that has just started knows half of the cluster, and says nothing of it.</summary>
public sealed class StartSpecs
{
    private static readonly KubernetesApiOptions Impatient = new() { Attempts = 1 };

    [Fact]
    public async Task Nothing_is_told_before_every_kind_was_read_and_then_nothing_of_what_was_not_known()
    {
        await using var world = await World.StartAsync(EveryKind.Manifests);
        var unread = world.Cluster.Faults.Add(
            r => r.Path.EndsWith("/apis/apps/v1/statefulsets", StringComparison.Ordinal),
            new Fault.ErrorStatus(500)
        );
        await using var ebb = EbbProcess.Start(world, options: Impatient);
        world.Ups.StatusOverride = "OL";
        await UntilAsync(ebb, known => known.Scalers.Count > 0 && known.Troubles.Count > 0);
        await ebb.BlindTurnAsync();
        Assert.False(ebb.View.Cluster.Synced);
        Assert.Contains("statefulsets", ebb.View.Plan.Reason, StringComparison.Ordinal);
        Assert.Equal(0, Told(world));

        unread.Dispose();
        await ebb.TurnAsync();
        Assert.Equal(world.Cluster.Store.List("upsscalers.ups-scaler.io").Count, Told(world));
        Assert.All(
            world.Cluster.Store.List("upsscalers.ups-scaler.io"),
            scaler => Assert.Equal("Awake", (string?)scaler["status"]!["phase"])
        );
        Assert.DoesNotContain(world.Cluster.Store.List("events"), e => (string?)e["type"] == "Warning");
    }

    private static long Told(World world) =>
        world.Cluster.Requests.CountOf(r =>
            r.IsWrite
            && r.Path.Contains("/upsscalers/", StringComparison.Ordinal)
            && r.Path.EndsWith("/status", StringComparison.Ordinal)
        );

    private static async Task UntilAsync(EbbProcess ebb, Func<Core.Workloads.ClusterView, bool> holds)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        for (var known = ebb.Cluster.Known; !holds(known); known = ebb.Cluster.Known)
            await ebb.Cluster.WaitForChangeAsync(known, deadline.Token);
    }
}
