using Ebb.Core.Power;
using Ebb.Core.Tests.Power;
using Ebb.Core.Waves;
using Ebb.Core.Workloads;
using NodaTime;

namespace Ebb.Core.Tests.Planning;

/// <summary>Workloads that say when it is their turn in a power failure.</summary>
public class StageSpecs
{
    private static readonly Stage FiveMinutes = new(OnBatteryFor: Duration.FromMinutes(5));

    /// <param name="stage">Which condition.</param>
    /// <param name="seconds">On battery for so long.</param>
    /// <param name="charge">Percent; -1: the device says nothing of it.</param>
    /// <param name="runtime">Seconds; -1 likewise.</param>
    /// <param name="status">Of the device.</param>
    /// <param name="waits">Whether it is not its turn yet.</param>
    [Theory]
    [InlineData("none", 10, 90, 900, "OB", false)]
    [InlineData("time", 10, 90, 900, "OB", true)]
    [InlineData("time", 299, 90, 900, "OB", true)]
    [InlineData("time", 300, 90, 900, "OB", false)]
    [InlineData("time", 10, 90, 900, "OB LB", false)]
    [InlineData("time", 10, 90, 900, "OB FSD", false)]
    [InlineData("charge", 10, 60, 900, "OB", true)]
    [InlineData("charge", 10, 59.9, 900, "OB", false)]
    [InlineData("charge", 10, -1, 900, "OB", false)]
    [InlineData("runtime", 10, 90, 600, "OB", true)]
    [InlineData("runtime", 10, 90, 599, "OB", false)]
    [InlineData("runtime", 10, 90, -1, "OB", false)]
    [InlineData("either", 10, 59, 900, "OB", false)]
    [InlineData("either", 300, 90, 900, "OB", false)]
    [InlineData("either", 10, 90, 900, "OB", true)]
    public void Its_turn_comes_as_soon_as_one_condition_holds_and_what_is_not_known_does_not_wait(
        string stage,
        int seconds,
        double charge,
        int runtime,
        string status,
        bool waits
    )
    {
        var settings = new PowerSettings();
        var ups = new UpsScenario(settings);
        for (var at = 0; at <= 70; at += 2)
            ups.Says(at, "OL", 100, 900);
        for (var at = 71; at < 71 + seconds; at += 2)
            ups.Says(at, "OB", charge < 0 ? null : 95, runtime < 0 ? null : 900);
        var now = 71 + seconds;
        // Twice: a low battery is believed on the second reading.
        ups.Says(now - 0.5, status, charge < 0 ? null : charge, runtime < 0 ? null : runtime);
        ups.Says(now, status, charge < 0 ? null : charge, runtime < 0 ? null : runtime);
        var power = PowerState.Of([ups.Supply(now)], settings, null, null, At.Second(now));
        Assert.Equal(PowerWish.Sleep, power.Verdict.Wish);
        var asked = stage switch
        {
            "time" => FiveMinutes,
            "charge" => new Stage(ChargeBelow: 60),
            "runtime" => new Stage(RuntimeBelow: Duration.FromMinutes(10)),
            "either" => new Stage(Duration.FromMinutes(5), 60),
            _ => Stage.None,
        };
        Assert.Equal(waits, asked.Waits(power, null, At.Second(now)) is not null);
        // What is behind it needs longer than the battery lasts.
        Assert.Null(asked.Waits(power, Duration.FromHours(1), At.Second(now)));
    }

    [Fact]
    public void A_stage_sheds_when_its_time_comes_and_later_waves_wait_for_it()
    {
        var shop = new FakeCluster()
            .With("batch", down: 1, up: 3, replicas: 4)
            .With("web", down: 2, up: 2, replicas: 5, stage: view => view with { OnBatteryFor = "5min" })
            .With("db", down: 3, up: 1, replicas: 1);
        shop.Run(70, "OL").Run(100, "OB");
        Assert.Equal((0, 5, 1), (shop.ReplicasOf("batch"), shop.ReplicasOf("web"), shop.ReplicasOf("db")));
        Assert.Equal(Phase.GoingToSleep, shop.Plan.Phase);
        Assert.Contains(
            "; wave 2 waits for its stage: on battery for 5 min",
            shop.Plan.Reason,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "waits for its stage: on battery for 5 min",
            shop.StateOf("web").Reason,
            StringComparison.Ordinal
        );
        shop.Run(250, "OB");
        Assert.Equal((0, 0, 0), (shop.ReplicasOf("batch"), shop.ReplicasOf("web"), shop.ReplicasOf("db")));
        shop.Run(200, "OL");
        Assert.Equal((4, 5, 1), (shop.ReplicasOf("batch"), shop.ReplicasOf("web"), shop.ReplicasOf("db")));
        Assert.Equal(Phase.Normal, shop.Plan.Phase);
    }

    [Fact]
    public void What_was_shed_comes_back_also_when_the_outage_never_went_further()
    {
        var shop = new FakeCluster()
            .With("batch", down: 1, up: 2, replicas: 4)
            .With("web", down: 2, up: 1, replicas: 5, stage: view => view with { ChargeBelow = 60 });
        shop.Run(70, "OL").Run(100, "OB", charge: 80).Run(150, "OL", charge: 80);
        Assert.Equal((4, 5), (shop.ReplicasOf("batch"), shop.ReplicasOf("web")));
        Assert.Equal(Phase.Normal, shop.Plan.Phase);
        Assert.DoesNotContain(shop.Writes, w => w.Contains(" web ", StringComparison.Ordinal));
    }

    [Fact]
    public void Nothing_asked_yet_is_on_battery_and_a_drill_does_not_wait()
    {
        FakeCluster Shop() =>
            new FakeCluster().With(
                "web",
                down: 1,
                up: 1,
                replicas: 5,
                stage: view => view with { OnBatteryFor = "1h" }
            );
        var shop = Shop().Run(70, "OL").Run(100, "OB");
        Assert.Equal((Phase.OnBattery, 5), (shop.Plan.Phase, shop.ReplicasOf("web")));
        shop = Shop().Run(70, "OL");
        shop.Ask(OrderAction.Drill, "to see it");
        shop.Run(3, "OL");
        Assert.Equal(0, shop.ReplicasOf("web"));
    }

    /// <param name="charge">The stage waits for this charge; null: for a runtime of 15 min.</param>
    /// <param name="runtime">What the device promises all the time; -1: nothing.</param>
    /// <param name="after">Seconds on battery until its turn.</param>
    [Theory]
    [InlineData(60.0, 3600, 300)]
    [InlineData(60.0, -1, 300)]
    [InlineData(null, 3600, 300)]
    // The budget of 200 s is used up before.
    [InlineData(60.0, 800, 200)]
    public void A_number_that_stands_still_holds_no_stage(double? charge, int runtime, double after)
    {
        var shop = new FakeCluster()
            .With(
                "web",
                down: 1,
                up: 1,
                stage: view => view with { ChargeBelow = charge, RuntimeBelow = charge is null ? "15min" : null }
            )
            .With("db", down: 2, up: 1);
        Func<double, double>? promised = runtime < 0 ? null : _ => runtime;
        shop.Run(70, "OL", runtime: promised);
        double? shed = null;
        shop.Run(
            900,
            "OB",
            runtime: promised,
            each: second => shed ??= shop.ReplicasOf("web") == 0 ? second - 1 - 71 : null
        );
        Assert.InRange(shed ?? -1, after - 1, after + 1);
        Assert.Equal(0, shop.ReplicasOf("db"));
        Assert.Contains(
            shop.Ups.Supply().Notes,
            note => note == "charge 100 % has not changed on battery for 5 min: not believed"
        );
    }

    [Fact]
    public void A_charge_that_moves_again_is_believed_again()
    {
        var shop = new FakeCluster().With("web", 1, 1, stage: view => view with { ChargeBelow = 60 });
        shop.Run(70, "OL").Run(200, "OB").Run(200, "OB", charge: 99).Run(200, "OB", charge: 98);
        Assert.Equal((3, 98), (shop.ReplicasOf("web"), shop.Ups.Supply().Charge));
    }

    [Theory]
    [InlineData(null, 99)]
    [InlineData("5min", 299)]
    [InlineData("1h", 500)]
    public void A_budget_that_is_used_up_makes_its_turn_unless_it_is_a_time_that_it_waits_for(string? time, int waits)
    {
        var shop = new FakeCluster().With(
            "web",
            1,
            1,
            stage: view => view with { OnBatteryFor = time, ChargeBelow = 20, LoadAbove = 80 }
        );
        shop.Run(70, "OL", runtime: _ => 400);
        for (var i = 1; i <= waits; i++)
            shop.Run(1, "OB", charge: 100 - (i / 20), runtime: _ => 400 - (i / 20));
        Assert.Equal(3, shop.ReplicasOf("web"));
        if (time != "1h")
            shop.Run(3, "OB", charge: 80, runtime: _ => 380);
        Assert.Equal(time == "1h" ? 3 : 0, shop.ReplicasOf("web"));
    }

    [Theory]
    [InlineData("soon", null, "spec.onBatteryFor: expected a time of at most 7 days, such as 5min, found \"soon\"")]
    [InlineData("200h", null, "spec.onBatteryFor: expected a time of at most 7 days, such as 5min, found \"200h\"")]
    [InlineData(null, 120.0, "spec.chargeBelow: expected percent from 0 to 100, found 120")]
    public void What_is_wrong_is_refused_by_name(string? time, double? charge, string refusal)
    {
        var shop = new FakeCluster().With(
            "web",
            down: 1,
            up: 1,
            stage: view => view with { OnBatteryFor = time, ChargeBelow = charge }
        );
        shop.Run(2, "OL");
        Assert.Equal(refusal, shop.StateOf("web").Member.Refusal);
    }
}
