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
