using Ebb.Core.Waves;
using Ebb.Core.Workloads;

namespace Ebb.Core.Tests.Planning;

public class StrandedPodsSpecs
{
    [Fact]
    public void Pods_that_cannot_end_hold_no_wave_and_are_told_by_name_and_node()
    {
        var shop = new FakeCluster()
            .With("web", 1, 2, replicas: 3)
            .WithCronJob("report", 1, 2, suspended: false)
            .With("db", 2, 1, replicas: 1);
        shop.Strand("web", "web-a", "web-b");
        shop.Strand("report", "report-1-x");
        shop.Run(70, "OL").Run(30, "OB");
        Assert.Equal((Phase.Asleep, 0), (shop.Plan.Phase, shop.ReplicasOf("db")));
        Assert.Contains("81 db scale 0", shop.Writes);
        Assert.EndsWith(
            "; not waited for: pod web-a (node n3 is not ready), pod web-b (node n3 is not ready)",
            shop.StateOf("web").Reason,
            StringComparison.Ordinal
        );
        Assert.Contains("report-1-x", shop.StateOf("report").Reason, StringComparison.Ordinal);
        Assert.False(shop.StateOf("web").Late);
    }

    [Fact]
    public void Pods_beside_them_that_can_end_are_waited_for()
    {
        var shop = new FakeCluster().With("web", 1, 2, replicas: 3, stop: 20).With("db", 2, 1);
        shop.Strand("web", "web-a");
        shop.Run(70, "OL").Run(24, "OB");
        Assert.Equal(3, shop.ReplicasOf("db"));
        shop.Run(4, "OB");
        Assert.Equal(0, shop.ReplicasOf("db"));
    }

    [Theory]
    [InlineData("on", 2, 2, true)]
    [InlineData("on", 2, 1, false)]
    [InlineData("off", 2, 2, false)]
    [InlineData("on", null, 0, false)]
    public void A_database_of_which_nothing_can_end_holds_no_wave(string asked, int? left, int stranded, bool expected)
    {
        var database = new WorkloadView
        {
            Ref = new ObjectRef("postgresql.cnpg.io/v1", "Cluster", "shop", "db"),
            Uid = "db",
            ResourceVersion = "1",
            Annotations = new Dictionary<string, string> { [WellKnown.HibernationAnnotation] = asked },
            PodsLeft = left,
            Stranded = [.. Enumerable.Range(0, stranded).Select(i => new StrandedPod($"db-{i}", "node n3 is gone"))],
        };
        var scaler = new UpsScalerView
        {
            Ref = new ObjectRef("ups-scaler.io/v1alpha1", "UpsScaler", "shop", "db"),
            Uid = "scaler",
            ResourceVersion = "1",
            Type = "cluster",
            TargetNamespace = "shop",
            TargetName = "db",
            ShutdownPriority = 1,
            ScaleUpPriority = 1,
            Target = new WorkloadLookup.Found(database),
        };
        Assert.Equal(expected, Assert.Single(UpsScalerValidation.Of([scaler], [])).IsAsleep);
    }
}
