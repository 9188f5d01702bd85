using Ebb.Core.Power;
using Ebb.Core.Tests.Power;
using Ebb.Core.Waves;
using Ebb.Core.Workloads;

namespace Ebb.Core.Tests.Planning;

/// <summary>The plan says when each stage is expected to come.</summary>
public sealed class StageForecastSpecs
{
    /// <param name="time">On battery for so many seconds; -1: not asked.</param>
    /// <param name="charge">Charge below; -1 likewise.</param>
    /// <param name="runtime">Runtime below, in seconds; -1 likewise.</param>
    /// <param name="needs">What is behind it; -1: not known.</param>
    /// <param name="after">Expected after so many seconds.</param>
    /// <param name="because">What brings it.</param>
    [Theory]
    // 80 % and 1200 s: 70 % is an eighth of what is left.
    [InlineData(-1, 70, -1, -1, 150, "the charge")]
    [InlineData(-1, -1, 1000, -1, 200, "the runtime")]
    // Half of what is left and more, and by then nothing is left of the budget.
    [InlineData(-1, 40, -1, -1, 300, "the battery budget, which is used up then")]
    [InlineData(-1, -1, 300, -1, 300, "the battery budget, which is used up then")]
    [InlineData(900, 40, 300, -1, 600, "the charge")]
    [InlineData(120, 40, 300, -1, 120, "the time on battery")]
    // The budget is a quarter of 1200 s.
    [InlineData(-1, 40, -1, 200, 100, "the battery budget")]
    [InlineData(-1, 40, -1, 900, 0, "the battery budget")]
    [InlineData(60, -1, -1, 200, 60, "the time on battery")]
    // Below it already.
    [InlineData(-1, 90, -1, -1, 0, "the charge")]
    public void The_first_of_its_conditions_brings_it_or_what_is_behind_it_when_the_battery_would_not_suffice(
        int time,
        int charge,
        int runtime,
        int needs,
        double after,
        string because
    )
    {
        var found = Of(
            Shop(time, charge, runtime),
            80,
            1200,
            needs < 0 ? [] : new() { [1] = Duration.FromSeconds(needs) }
        );
        Assert.Equal(after, found.Single().After!.Value.TotalSeconds, 1.0);
        Assert.StartsWith(because, found[0].Because, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_runtime_nobody_knows_when_the_charge_falls_and_that_is_said()
    {
        var found = Of(Shop(-1, 40, -1), 80, null, []).Single();
        Assert.Null(found.After);
        Assert.Equal(("charge below 40 %", "nothing that is known brings it"), (found.Condition, found.Because));
    }

    [Fact]
    public void A_later_wave_is_not_expected_before_an_earlier_one()
    {
        var shop = new FakeCluster()
            .With("web", 1, 1, stage: view => view with { OnBatteryFor = "10min" })
            .With("db", 2, 1, stage: view => view with { OnBatteryFor = "1min" });
        var found = Of(shop, 80, 1200, []);
        Assert.Equal([600.0, 600.0], found.Select(f => f.After!.Value.TotalSeconds));
        Assert.Equal("wave 1 comes first", found[1].Because);
    }

    [Fact]
    public void Where_nobody_has_a_stage_there_is_nothing_to_say() =>
        Assert.Empty(Of(new FakeCluster().With("web", 1, 1), 80, 1200, []));

    [Fact]
    public void What_the_outages_before_have_shown_pulls_the_stage_forward_when_the_outage_comes()
    {
        var shop = new FakeCluster().With("web", 1, 1, stage: view => view with { ChargeBelow = 10 }).With("db", 2, 1);
        (shop.Needed[1], shop.Needed[2]) = (Duration.FromSeconds(60), Duration.FromSeconds(140));
        double? shed = null;
        shop.Run(70, "OL", runtime: _ => 1200);
        var began = shop.Now;
        shop.Run(
            200,
            "OB",
            charge: 80,
            runtime: second => 1200 - (second - began),
            each: second => shed ??= shop.ReplicasOf("web") == 0 ? second - began : null
        );
        // A quarter of 1200 s, less the time that has passed, is below 200 s after 100 s.
        Assert.InRange(shed ?? 0, 98, 104);
    }

    private static FakeCluster Shop(int time, int charge, int runtime) =>
        new FakeCluster().With(
            "web",
            1,
            1,
            stage: view =>
                view with
                {
                    OnBatteryFor = time < 0 ? null : $"{time}s",
                    ChargeBelow = charge < 0 ? null : charge,
                    RuntimeBelow = runtime < 0 ? null : $"{runtime}s",
                }
        );

    private static IReadOnlyList<StageForecast> Of(
        FakeCluster shop,
        double charge,
        double? runtime,
        Dictionary<int, Duration> needs
    )
    {
        var ups = new UpsScenario(new PowerSettings());
        for (var at = 0; at <= 70; at += 2)
            ups.Says(at, "OL", charge, runtime);
        var power = PowerState.Of([ups.Supply(70)], new PowerSettings(), null, null, At.Second(70));
        return StageForecast.Of(shop.Input().Members, needs, power, At.Second(70));
    }
}
