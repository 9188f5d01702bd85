using System.Globalization;
using Ebb.Core.Outages;
using Ebb.Core.Power;
using Ebb.Core.Tests.Power;
using Ebb.Core.Waves;
using Ebb.Core.Workloads;

namespace Ebb.Core.Tests.Planning;

public class WaveShareSpecs
{
    /// <summary>Five waves, the first of which never ends.</summary>
    private static FakeCluster Stuck(double timeout = 300)
    {
        var shop = new FakeCluster(new PowerSettings { WaveTimeout = Duration.FromSeconds(timeout) });
        shop.With("one", 1, 1, stop: 1e9);
        foreach (var (name, place) in new[] { ("two", 2), ("three", 3), ("four", 4), ("five", 5) })
            shop.With(name, place, place, stop: 2);
        return shop;
    }

    /// <summary>When the workload was asked to sleep, in seconds since the outage was decided on.</summary>
    private static double Asked(FakeCluster shop, string name) =>
        double.Parse(
            shop.Writes.Single(w => w.EndsWith($" {name} scale 0", StringComparison.Ordinal)).Split(' ')[0],
            CultureInfo.InvariantCulture
        ) - 76;

    [Fact]
    public void A_wave_that_does_not_end_waits_its_share_of_the_battery_and_no_longer()
    {
        // 75 s are believed of 300, and 5 are over when the first of five waves begins.
        var shop = Stuck().Run(70, "OL", runtime: _ => 300).Run(60, "OB", runtime: now => 370 - now);
        Assert.Equal(14, Asked(shop, "two"));
        Assert.Equal(20, Asked(shop, "five"));
        Assert.Contains("late: its wave waited 14 s and went on", shop.StateOf("one").Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(300)]
    [InlineData(1200)]
    [InlineData(7200)]
    public void Every_wave_is_asked_before_a_battery_is_cut_that_holds_a_quarter_of_what_it_says(double reported)
    {
        var shop = new FakeCluster();
        for (var place = 1; place <= 5; place++)
            shop.With($"w{place}", place, place, stop: 1e9);
        shop.Run(70, "OL", runtime: _ => reported).Run(reported / 4, "OB", runtime: now => reported + 70 - now);
        Assert.All(Enumerable.Range(1, 5), place => Assert.Equal(0, shop.ReplicasOf($"w{place}")));
        Assert.Equal(5, shop.Progress.Waves.Count);
        Assert.All(
            shop.Progress.Waves.Zip(shop.Progress.Waves.Skip(1)),
            pair => Assert.True(pair.Second.Began - pair.First.Began >= WaveShare.Floor)
        );
    }

    [Fact]
    public void A_battery_that_is_not_known_is_taken_for_one_of_two_minutes()
    {
        // 5 s of them are over when the first of five waves begins.
        var shop = Stuck().Run(70, "OL").Run(400, "OB");
        Assert.Equal((23, 29), (Asked(shop, "two"), Asked(shop, "five")));
        Assert.Null(shop.Input().Power.Budget);
    }

    [Fact]
    public void When_they_are_over_before_anything_was_asked_each_wave_has_the_floor()
    {
        var shop = Stuck();
        shop.Unread = "deployments cannot be read: timed out";
        shop.Run(70, "OL").Run(200, "OB");
        shop.Unread = null;
        shop.Run(20, "OB");
        Assert.Equal(3, Asked(shop, "two") - Asked(shop, "one"));
    }

    [Theory]
    [InlineData(OrderAction.Drill)]
    [InlineData(OrderAction.Shutdown)]
    public void What_a_person_asks_for_on_mains_waits_WaveTimeout(OrderAction action)
    {
        var shop = Stuck().Run(75, "OL");
        shop.Ask(action, "to see it");
        shop.Run(400, "OL");
        Assert.Equal(300, Asked(shop, "two"));
    }

    [Fact]
    public void A_slope_that_shows_a_longer_one_puts_off_what_has_not_begun()
    {
        var shop = Stuck().Run(70, "OL");
        for (var i = 0; i < 20; i++)
            shop.Run(1, "OB", charge: 100 - (i / 5));
        Assert.InRange(shop.Input().Power.Budget!.Remaining.TotalSeconds, 200, 400);
        shop.Run(10, "OB", charge: 95);
        Assert.Equal(3, shop.ReplicasOf("two"));
    }

    [Fact]
    public void The_outlook_shares_the_same()
    {
        var forecast = new SleepForecast([1, 2], new Dictionary<int, Duration>(), 2, null);
        var timeout = Duration.FromMinutes(5);
        Assert.Equal(60, Outlook.Of(forecast, null, timeout, AssumedBudget.Whole).Waves[0].Wait.TotalSeconds);
        Assert.Equal(timeout, Outlook.Of(forecast, null, timeout).Waves[0].Wait);
    }

    [Theory]
    [InlineData("OB", 40, 80.0)]
    [InlineData("OB", 400, 0.0)]
    [InlineData("OL", 40, null)]
    public void What_is_assumed_falls_with_the_time_on_battery_and_is_nothing_on_mains(
        string status,
        int seconds,
        double? left
    )
    {
        var ups = new UpsScenario().Says(0, "OL").Says(10, status);
        var now = At.Second(10 + seconds);
        var power = PowerState.Of([ups.Supply(10 + seconds)], new PowerSettings(), null, null, now);
        Assert.Equal(left, AssumedBudget.Of(power, now)?.TotalSeconds);
    }

    [Fact]
    public void WaveTimeout_is_the_most_that_a_share_can_be()
    {
        var shop = Stuck(timeout: 40).Run(70, "OL", runtime: _ => 9000).Run(60, "OB", runtime: _ => 9000);
        Assert.Equal(40, Asked(shop, "two"));
    }

    [Fact]
    public void What_later_waves_are_known_to_need_is_theirs()
    {
        var shop = Stuck();
        shop.Needed[4] = Duration.FromSeconds(52);
        // 70 s, of which 52 and four times the floor are spoken for: a fifth of what is left, and the floor.
        shop.Run(70, "OL", runtime: _ => 300).Run(60, "OB", runtime: now => 370 - now);
        Assert.Equal(5, Asked(shop, "two"));
    }

    [Fact]
    public void A_smaller_estimate_shortens_the_wait_that_goes_on()
    {
        var shop = Stuck().Run(70, "OL", runtime: _ => 2000).Run(30, "OB", runtime: now => 2070 - now);
        Assert.Equal(3, shop.ReplicasOf("two"));
        shop.Run(1, "OB", runtime: _ => 300);
        Assert.Equal((0, 25), (shop.ReplicasOf("two"), Asked(shop, "two")));
    }

    [Fact]
    public void A_greater_estimate_does_not_bring_back_a_wave_that_was_left()
    {
        var shop = Stuck().With("six", 2, 6, stop: 1e9);
        shop.Run(70, "OL", runtime: _ => 400).Run(40, "OB", runtime: now => 470 - now);
        Assert.Equal((0, 3), (shop.ReplicasOf("two"), shop.ReplicasOf("three")));
        var left = shop.Progress.Waves;
        Assert.NotNull(left[0].Left);
        shop.Run(1, "OB", runtime: _ => 9000);
        Assert.Equal(left, shop.Progress.Waves);
        Assert.Equal(2, shop.Plan.Wave!.Priority);
    }

    [Fact]
    public void The_plan_is_looked_at_again_when_the_share_is_over()
    {
        var shop = Stuck().Run(70, "OL", runtime: _ => 300).Run(7, "OB", runtime: now => 370 - now);
        Assert.InRange((shop.Plan.NextChange!.Value - At.Second(76)).TotalSeconds, 13, 15);
    }

    [Fact]
    public void Another_process_goes_on_with_what_is_left_of_the_share()
    {
        var shop = Stuck().Run(70, "OL", runtime: _ => 300).Run(10, "OB", runtime: now => 370 - now);
        var (progress, writes) = (shop.Progress, shop.Writes.Count);
        shop.Restart();
        shop.Progress = progress;
        shop.Run(50, "OB", runtime: now => 370 - now);
        Assert.InRange(Asked(shop, "two"), 13, 15);
        Assert.Equal(writes + 8, shop.Writes.Count);
    }

    [Fact]
    public void What_is_started_again_after_its_wave_holds_no_later_one()
    {
        var shop = new FakeCluster().With("web", 1, 1).With("slow", 2, 2, stop: 30).With("db", 3, 3);
        shop.Run(70, "OL").Run(15, "OB");
        shop.Run(40, "OB", each: _ => shop.Scale("web", 3, "argocd-controller"));
        Assert.Equal(0, shop.ReplicasOf("db"));
        Assert.False(shop.StateOf("web").Late);
    }

    [Fact]
    public void While_the_API_server_is_out_of_reach_no_later_wave_begins_unasked()
    {
        var shop = Stuck().Run(70, "OL", runtime: _ => 300).Run(7, "OB", runtime: now => 370 - now);
        shop.Reachable = false;
        shop.Run(60, "OB", runtime: now => 370 - now);
        Assert.Single(shop.Progress.Waves);
        shop.Reachable = true;
        shop.Run(1, "OB", runtime: now => 370 - now);
        Assert.Equal([1, 2], shop.Progress.Waves.Select(w => w.Priority));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2.9)]
    public void No_share_is_below_the_floor(double left) =>
        Assert.Equal(3, WaveShare.Of(Duration.FromSeconds(left), [null, null], Duration.FromMinutes(5)).TotalSeconds);

    [Fact]
    public void A_budget_that_is_too_short_is_shared_in_the_proportion_of_what_is_needed() =>
        Assert.Equal(
            20,
            WaveShare
                .Of(
                    Duration.FromSeconds(60),
                    [Duration.FromSeconds(40), Duration.FromSeconds(80)],
                    Duration.FromMinutes(5)
                )
                .TotalSeconds
        );

    // 480 s of runtime are a budget of 120 s; the last wave waits for WaveTimeout all the same.
    [Theory]
    [InlineData("OB", 1, 55, 65)]
    [InlineData("OB", 2, 35, 45)]
    [InlineData("OB LB", 1, 30, 31)]
    public void A_cluster_that_does_not_hibernate_is_fenced_as_if_a_wave_followed(
        string status,
        int waves,
        double least,
        double most
    )
    {
        var shop = new FakeCluster(new PowerSettings { ClusterFallback = ClusterFallback.Fence });
        for (var i = 1; i <= waves; i++)
            shop.WithDatabase($"db{i}", i, 1);
        var charge = status == "OB" ? 100 : 5;
        shop.Run(70, "OL", charge, runtime: _ => 480).Run(300, status, charge, runtime: now => 550 - now);
        var began = (shop.Progress.Waves[0].Began - At.Second(0)).TotalSeconds;
        Assert.InRange(Fenced(shop, "db1") - began, least, most);
        Assert.All(shop.Plan.Workloads, w => Assert.Equal((WorkloadPhase.Asleep, null), (w.Phase, w.ChangedBy)));
    }

    // On mains nothing runs out.
    [Fact]
    public void In_a_drill_it_is_fenced_when_its_wave_has_waited()
    {
        var shop = new FakeCluster(new PowerSettings { ClusterFallback = ClusterFallback.Fence }).WithDatabase(
            "db",
            1,
            1
        );
        shop.Run(70, "OL");
        shop.Ask(OrderAction.Drill, "a drill");
        shop.Run(310, "OL");
        Assert.InRange(Fenced(shop, "db"), 370, 372);
    }

    private static double Fenced(FakeCluster shop, string name) =>
        double.Parse(
            shop
                .Writes.First(w => w.Contains($" {name} cnpg.io/fencedInstances [", StringComparison.Ordinal))
                .Split(' ')[0],
            CultureInfo.InvariantCulture
        );

    [Fact]
    public void Nothing_comes_after_the_last_wave_so_that_it_has_WaveTimeout() =>
        Assert.Equal(Duration.FromMinutes(5), WaveShare.Of(Duration.Zero, [null], Duration.FromMinutes(5)));
}
