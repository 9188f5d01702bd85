using Ebb.Core.Outages;
using Ebb.Core.Power;
using Ebb.Core.Waves;
using Ebb.Tests.Harness;

namespace Ebb.Tests.Survival;

/// <summary>A battery that will not last for a whole shutdown leaves no time to wait whether mains comes back.</summary>
public sealed class LearnedBudgetSpecs
{
    [Theory]
    [InlineData(20, false)]
    [InlineData(600, true)]
    public async Task A_budget_shorter_than_a_shutdown_took_before_begins_one_at_once(double tookSeconds, bool atOnce)
    {
        await using var world = await World.StartAsync(EveryKind.Manifests);
        await using var ebb = EbbProcess.Start(
            world,
            new Dictionary<string, string?> { ["Power__OnBatteryFor"] = "60s" }
        );
        ebb.Learned.Known = new DurationHistory(
            new Dictionary<string, WorkloadDurations> { ["deployment shop/web"] = new([tookSeconds], []) },
            "before"
        );
        world.Ups.RealRuntime = TimeSpan.FromMinutes(5);
        for (var i = 0; i < 5; i++)
            await ebb.StepAsync();
        world.Ups.PullThePlug();
        for (var i = 0; i < 5; i++)
            await ebb.StepAsync();

        Assert.True(
            ebb.View.Power.Budget is { Remaining: var left } && left < NodaTime.Duration.FromSeconds(600),
            $"{ebb.View.Power.Budget}"
        );
        Assert.Equal(atOnce ? PowerWish.Sleep : PowerWish.Stay, ebb.View.Power.Verdict.Wish);
        Assert.Equal(atOnce ? Direction.Down : Direction.None, ebb.View.Plan.Direction);
        if (atOnce)
            Assert.Contains(
                "its budget is shorter than a shutdown takes (600 s)",
                ebb.View.Plan.Reason,
                StringComparison.Ordinal
            );
    }
}
