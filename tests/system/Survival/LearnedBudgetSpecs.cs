using Ebb.Core.Power;
using Ebb.Core.Waves;
using Ebb.Tests.Harness;

namespace Ebb.Tests.Survival;

/// <summary>
/// A battery that will not last for a whole shutdown leaves no time to wait whether mains comes back.
/// </summary>
public sealed class LearnedBudgetSpecs
{
    [Theory]
    [InlineData(20, false)]
    [InlineData(600, true)]
    public async Task A_budget_shorter_than_a_shutdown_took_before_begins_one_at_once(double tookSeconds, bool atOnce)
    {
        await using var world = await World.StartAsync(EveryKind.Manifests);
        // An outage before, as it is kept: learned from by whoever starts.
        var (down, asleep) = (
            new DateTime(2026, 1, 1, 12, 0, 0),
            new DateTime(2026, 1, 1, 12, 0, 0).AddSeconds(tookSeconds)
        );
        await world.Cluster.ApplyManifestAsync(
            $$"""
            apiVersion: ebb.dev/v1alpha1
            kind: Outage
            metadata: {name: 20260101t120000z, namespace: ebb-system}
            status:
              progress: {}
              report:
                id: 20260101T120000Z
                began: "2026-01-01T12:00:00Z"
                ended: "2026-01-01T13:00:00Z"
                cause: before
                workloads:
                - {name: deployment shop/web, downAt: "{{down:yyyy-MM-ddTHH:mm:ss}}Z", asleepAt: "{{asleep:yyyy-MM-ddTHH:mm:ss}}Z"}
            """
        );
        await using var ebb = EbbProcess.Start(
            world,
            new Dictionary<string, string?> { ["Power__OnBatteryFor"] = "60s" }
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
