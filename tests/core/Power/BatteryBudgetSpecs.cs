using Ebb.Core.Power;

namespace Ebb.Core.Tests.Power;

public class BatteryBudgetSpecs
{
    private static UpsReading Reading(double? charge, double? runtime) =>
        new("ups", "nut", At.Zero, UpsFlags.Parse("OB"), charge, runtime is { } r ? Duration.FromSeconds(r) : null, 20);

    private static List<BatterySample> Discharge(double percentPerSecond, int seconds) =>
        [
            .. Enumerable
                .Range(0, seconds / 10)
                .Select(i => new BatterySample(At.Second(i * 10), 100 - (percentPerSecond * i * 10), 20)),
        ];

    [Fact]
    public void Without_any_bound_it_is_unknown() =>
        Assert.Null(BatteryBudget.Estimate([], Reading(null, null), null, Duration.FromSeconds(10), 0.25));

    [Fact]
    public void The_reported_runtime_is_believed_in_part()
    {
        var budget = BatteryBudget.Estimate([], Reading(100, 1380), null, null, 0.25)!;
        Assert.Equal((345, "reported"), (budget.Remaining.TotalSeconds, budget.Bound));
    }

    [Fact]
    public void Time_on_battery_is_taken_off_what_was_reported_before()
    {
        var budget = BatteryBudget.Estimate(
            [],
            Reading(100, 1380),
            Duration.FromSeconds(1380),
            Duration.FromSeconds(100),
            0.25
        )!;
        Assert.Equal((245, "reported before"), (budget.Remaining.TotalSeconds, budget.Bound));
    }

    [Fact]
    public void It_never_goes_below_zero() =>
        Assert.Equal(
            Duration.Zero,
            BatteryBudget
                .Estimate([], Reading(90, 1380), Duration.FromSeconds(1380), Duration.FromHours(1), 0.25)!
                .Remaining
        );

    [Fact]
    public void A_steep_fall_beats_an_optimistic_device()
    {
        var budget = BatteryBudget.Estimate(Discharge(0.5, 90), Reading(55, 3000), null, Duration.FromSeconds(90), 1)!;
        Assert.Equal("slope", budget.Bound);
        Assert.InRange(budget.Remaining.TotalSeconds, 50, 65);
    }

    [Fact]
    public void A_fall_of_less_than_two_percent_is_no_slope() =>
        Assert.Equal(
            "reported",
            BatteryBudget.Estimate(Discharge(0.01, 90), Reading(99, 400), null, Duration.FromSeconds(90), 1)!.Bound
        );
}
