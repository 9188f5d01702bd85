using System.Globalization;
using Ebb.Core.Outages;
using Ebb.Core.Power;
using Ebb.Core.Waves;

namespace Ebb.Core.Tests.Planning;

public class OutageReportBuilderSpecs
{
    private static FakeCluster Shop() =>
        new FakeCluster().With("web", down: 1, up: 2, replicas: 5).With("db", down: 2, up: 1, replicas: 1);

    [Fact]
    public void While_nothing_happens_the_report_is_the_same_one_however_the_charge_falls()
    {
        var shop = Shop().Run(70, "OL").Run(60, "OB");
        Assert.Equal(Phase.Asleep, shop.Plan.Phase);
        var report = shop.Report;
        for (var charge = 90; charge > 50; charge--)
            shop.Run(10, "OB", charge);
        Assert.Same(report, shop.Report);
        shop.Run(10, "OL");
        Assert.NotSame(report, shop.Report);
    }

    [Fact]
    public void A_wave_takes_as_long_as_it_does_in_both_directions_and_begins_when_the_one_before_is_over()
    {
        var shop = Shop().Run(70, "OL").Run(60, "OB").Run(120, "OL");
        var waves = shop.Report!.Waves;
        Assert.Equal(
            [(Direction.Down, 1), (Direction.Down, 2), (Direction.Up, 1), (Direction.Up, 2)],
            waves.Select(w => (w.Direction, w.Priority))
        );
        Assert.All(waves, wave => Assert.Equal(5, (wave.Ended!.Value - wave.Began).TotalSeconds));
        Assert.Equal(waves[0].Ended, waves[1].Began);
        Assert.Equal(waves[2].Ended, waves[3].Began);
    }

    [Fact]
    public void The_first_write_is_the_first_that_succeeded_and_the_battery_is_that_of_the_first_supply_that_failed()
    {
        var shop = Shop();
        shop.Refusals["web"] = shop.Refusals["db"] = "Forbidden: a policy says no";
        shop.Run(70, "OL").Run(9, "OB");
        Assert.Equal((At.Second(71), null), (shop.Report!.OnBatteryAt, shop.Report.FirstWriteAt));
        Assert.NotEmpty(shop.Report.Waves);
        Assert.Contains("succeeded: none has", OutageMarkdown.Of(shop.Report), StringComparison.Ordinal);
        shop.Refusals.Clear();
        shop.Run(60, "OB");
        var first = double.Parse(
            shop.Writes.First(write => write.EndsWith(" scale 0", StringComparison.Ordinal)).Split(' ')[0],
            CultureInfo.InvariantCulture
        );
        Assert.InRange(first, 80, 89);
        Assert.Equal(At.Second(first), shop.Report.FirstWriteAt);

        // Of two the second fails a minute after the first.
        var input = shop.Input();
        var (one, two) = (input.Power.Supplies[0], input.Power.Supplies[0] with { Since = At.Second(130) });
        var power = input.Power with { Supplies = [two, one], Since = two.Since };
        Assert.Equal(At.Second(71), OutageReportBuilder.After(null, shop.Plan, power, input.Now)!.OnBatteryAt);
        Assert.Null(
            OutageReportBuilder.After(null, shop.Plan, power with { Mains = Mains.On }, input.Now)!.OnBatteryAt
        );
    }

    [Fact]
    public void What_was_woken_because_its_UpsScaler_was_deleted_came_back()
    {
        var shop = Shop().Run(70, "OL").Run(60, "OB");
        shop.DeleteScaler("web");
        shop.Run(30, "OB");
        Assert.Equal((5, false), (shop.ReplicasOf("web"), shop.HasScaler("web")));
        Assert.Equal(["deployment shop/db"], shop.Report!.NotBack);
        shop.Run(120, "OL");
        Assert.NotNull(shop.Report!.Ended);
        Assert.Empty(shop.Report.NotBack);
        Assert.All(shop.Report.Workloads, workload => Assert.Null(workload.Note));
    }
}
