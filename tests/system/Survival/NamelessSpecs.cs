using System.Text.Json.Nodes;
using Ebb.Tests.Harness;

namespace Ebb.Tests.Survival;

/// <summary>The resolver of the UPS's name is among what sleeps, and Ebb restarts meanwhile.</summary>
public sealed class NamelessSpecs
{
    private static Dictionary<string, string?> Settings(World world, string host) =>
        new()
        {
            ["Power__Sources__0"] = $"nut://{host}:{world.Ups.Port}/{world.Ups.Name}",
            ["Power__OnBatteryFor"] = "2s",
            ["Power__MainsFor"] = "3s",
        };

    [Fact]
    public async Task A_process_that_starts_asks_where_the_UPS_answered_earlier_ones_and_wakes_the_cluster()
    {
        await using var world = await World.StartAsync(EveryKind.Manifests);
        var kinds = new EveryKind(world);
        var first = EbbProcess.Start(world, Settings(world, "localhost"));
        world.Ups.StatusOverride = "OB";
        await UntilAsync(first, () => kinds.AllAsleep);
        await first.StepAsync();
        first.Kill();
        await first.DisposeAsync();

        var hosts = world.Cluster.Store.Get("powers.ebb.dev", "ebb-system", "cluster")!["status"]!["hosts"]!.AsArray();
        Assert.Equal("localhost", (string?)Assert.Single(hosts)!["host"]);
        Assert.Equal("127.0.0.1", (string?)hosts[0]!["addresses"]![0]);
        // The same host under a name that nobody resolves any more.
        const string gone = "no-such-host.invalid";
        hosts = hosts.DeepClone().AsArray();
        hosts[0]!["host"] = gone;
        world.Cluster.Store.Patch(
            "powers.ebb.dev",
            "ebb-system",
            "cluster",
            new JsonObject { ["status"] = new JsonObject { ["hosts"] = hosts } }
        );

        world.Ups.StatusOverride = "OL CHRG";
        await using var second = EbbProcess.Start(world, Settings(world, gone));
        await UntilAsync(second, () => kinds.AllAwake);
        kinds.EndedAsItBegan();
        Assert.Contains(
            second.View.Power.Supplies.Single().Notes,
            note => note.Contains($"the name {gone} does not resolve", StringComparison.Ordinal)
        );
    }

    private static async Task UntilAsync(EbbProcess ebb, Func<bool> holds)
    {
        for (var i = 0; i < 200 && !holds(); i++)
            await ebb.StepAsync();
        Assert.True(holds(), ebb.View.Plan.Reason);
    }
}
