using Ebb.Engine.Clocks;
using Ebb.Tests.Harness;

namespace Ebb.Tests.Survival;

/// <summary>The clock of the machine is set while the power is gone.</summary>
public sealed class ClockSpecs
{
    private static readonly Dictionary<string, string?> Hurried = new()
    {
        ["Power__OnBatteryFor"] = "2s",
        ["Power__MainsFor"] = "3s",
        ["Power__WaveTimeout"] = "120s",
    };

    /// <summary>A machine without a battery behind its clock, after its node has lost power.</summary>
    [LongTheory]
    [InlineData(-7200)]
    [InlineData(-1768478400)] // 1970
    public async Task Started_again_in_mid_outage_with_a_clock_that_is_behind_it_goes_on_at_once(double seconds)
    {
        await using var world = await World.StartAsync(EveryKind.Manifests);
        var kinds = new EveryKind(world);
        await using (var before = EbbProcess.Start(world, Hurried))
        {
            world.Ups.StatusOverride = "OL";
            for (var i = 0; i < 10; i++)
                await before.StepAsync();
            world.Ups.StatusOverride = "OB";
            for (var i = 0; world.Cluster.Store.Count("baselines.ebb.dev") < 3; i++)
            {
                Assert.True(i < 60, "no wave has begun");
                await before.StepAsync();
            }
            before.Kill();
        }
        var machine = new SetClock(world.Clock) { Off = TimeSpan.FromSeconds(seconds) };
        await using var ebb = EbbProcess.Start(world, Hurried, time: new SteadyClock(machine));
        for (var i = 0; !kinds.AllAsleep; i++)
        {
            Assert.True(i < 90, $"not asleep: {ebb.Path.View?.Plan.Phase}: {ebb.Path.View?.Plan.Reason}");
            await ebb.StepAsync();
        }
        Assert.Contains(ebb.Path.Troubles, t => t.StartsWith("this clock is behind: ", StringComparison.Ordinal));
        world.Ups.StatusOverride = "OL CHRG";
        for (var i = 0; !kinds.AllAwake; i++)
        {
            Assert.True(i < 120, $"not awake: {ebb.View.Plan.Phase}: {ebb.View.Plan.Reason}");
            await ebb.StepAsync();
        }
        kinds.EndedAsItBegan();
        Assert.Empty(kinds.Broken);
    }

    [LongTheory]
    [InlineData(-3600)]
    [InlineData(86400)]
    public async Task Set_back_an_hour_or_forward_a_day_in_mid_outage(double seconds)
    {
        await using var world = await World.StartAsync(EveryKind.Manifests);
        var (kinds, sync) = (new EveryKind(world), new Lock());
        var machine = new SetClock(world.Clock);
        await using var ebb = EbbProcess.Start(world, Hurried, time: new SteadyClock(machine));
        world.Cluster.Faults.AfterApplied = request =>
        {
            lock (sync)
                kinds.Look(request);
        };
        world.Ups.StatusOverride = "OL";
        await UntilAsync(() => world.Seconds > 75, 100);
        world.Ups.StatusOverride = "OB";
        await ebb.StepAsync();
        machine.Off = TimeSpan.FromSeconds(seconds);
        await UntilAsync(() => kinds.AllAsleep, 60);
        machine.Off = TimeSpan.Zero;
        world.Ups.StatusOverride = "OL CHRG";
        await UntilAsync(() => kinds.FirstWaveAwake, 60);
        machine.Off = TimeSpan.FromSeconds(seconds);
        await UntilAsync(() => kinds.AllAwake, 60);
        kinds.EndedAsItBegan();
        Assert.Empty(kinds.Broken);

        async Task UntilAsync(Func<bool> condition, int most)
        {
            for (var i = 0; !condition(); i++)
            {
                Assert.True(
                    i < most,
                    $"not within {most} s: {ebb.Path.View?.Plan.Phase}: {ebb.Path.View?.Plan.Reason}"
                );
                await ebb.StepAsync();
            }
        }
    }
}
