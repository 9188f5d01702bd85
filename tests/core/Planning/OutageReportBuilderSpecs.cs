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
