using Ebb.Core.Waves;
using Ebb.Core.Workloads;
using Ebb.Engine.Power;
using Ebb.Engine.State;
using Ebb.Tables;
using Ebb.Tests.Harness;

namespace Ebb.Tests.Tables;

public sealed class LostInAnOutageSpecs
{
    [Fact]
    public async Task Azurite_cut_off_in_mid_outage_costs_comfort_and_no_baseline()
    {
        await using var azurite = await Azurite.StartAsync();
        await using var world = await World.StartAsync(
            File.ReadAllText(Path.Combine(Repository.Root, "tests/system/stories/cluster.yaml"))
        );
        var before = Sizes(world);
        var ebb = EbbProcess.Start(world, state: Store(azurite));
        try
        {
            await ebb.StepAsync();
            world.Ups.StatusOverride = "OB DISCHRG";
            await UntilAsync(
                ebb,
                v => v.Plan.Phase == Phase.GoingToSleep && v.Plan.Workloads.Any(w => w.Phase == WorkloadPhase.Asleep)
            );
            Assert.NotNull(await ebb.State.GetAsync("power", TestContext.Current.CancellationToken));

            await azurite.KillAsync();
            await UntilAsync(ebb, v => v.Plan.Phase == Phase.Asleep);
            Assert.Contains("cannot be reached", ebb.Store.Trouble, StringComparison.Ordinal);

            // And the process goes too, while there is nobody to remember for it.
            await ebb.DisposeAsync();
            ebb = EbbProcess.Start(world, state: Store(azurite));
            await UntilAsync(ebb, v => v.Plan.Phase == Phase.Asleep);
            world.Ups.StatusOverride = "OL CHRG";
            await UntilAsync(ebb, v => v.Plan.Phase == Phase.Normal);
            Assert.Equal(before, Sizes(world));
        }
        finally
        {
            await ebb.DisposeAsync();
        }
    }

    private static RestingStore Store(Azurite azurite) =>
        new(new TableStateStore(TableAddress.FromConnection(azurite.Connection).Address!, "ebb"), TimeProvider.System);

    private static IReadOnlyList<string> Sizes(World world) =>
        [
            .. world
                .Cluster.Store.List("deployments.apps")
                .Concat(world.Cluster.Store.List("statefulsets.apps"))
                .Select(o => $"{o["metadata"]!["name"]} {o["spec"]!["replicas"]}")
                .Order(StringComparer.Ordinal),
        ];

    private static async Task UntilAsync(EbbProcess ebb, Func<PowerView, bool> condition)
    {
        for (var second = 0; second < 900; second++)
        {
            await ebb.StepAsync();
            if (condition(ebb.View))
                return;
        }
        Assert.Fail($"not within 900 s: {ebb.View.Plan.Phase}, {ebb.View.Plan.Reason}");
    }
}
