using Ebb.Core.Capacity;
using Ebb.Core.Power;
using Ebb.Core.Tests.Power;
using Ebb.Core.Waves;
using Ebb.Core.Workloads;

namespace Ebb.Core.Tests.Planning;

/// <summary>Nodes that name what feeds them: what cannot run elsewhere follows its supply, and nothing else moves.</summary>
public class PowerDomainSpecs
{
    private readonly UpsScenario _b = new(ups: "ups-b");
    private readonly FakeCluster _shop;

    public PowerDomainSpecs()
    {
        _shop = new FakeCluster(ups: "ups-a")
            .With("db", 2, 1)
            .With("cache", 1, 2)
            .With("web", 1, 3)
            .With("elsewhere", 3, 3);
        _shop.Beside[_b] = "OL";
        _shop.Nodes = [Node("n1", "ups-a"), Node("n2", "ups-b"), Node("n3", "ups-a", "ups-b")];
        _shop.Place("db", ["n1"]).Place("cache", ["n1"], Labelled("n1")).Place("web", ["n1", "n2"]);
        _shop.Place("elsewhere", ["n1"], Placement.Anywhere);
    }

    [Fact]
    public void One_supply_fails_and_only_what_cannot_run_elsewhere_sleeps_in_order_and_wakes_with_its_mains()
    {
        _shop.Run(70, "OL").Run(4, "OB");
        Assert.Empty(_shop.Writes);
        _shop.Run(30, "OB");
        Assert.Equal(["cache", "db"], Moved("scale 0"));
        Assert.True(_shop.Plan.IsPartial);
        Assert.Equal(Phase.Asleep, _shop.Plan.Phase);
        Assert.Equal(Mains.On, _shop.Input().Power.Mains);
        Assert.Equal(["n1"], _shop.BaselineOf("db")!.Nodes);
        Assert.Equal("left running: it may run on n2, fed by ups-b", _shop.StateOf("web").Reason);
        Assert.StartsWith("left running: it may run on n2, n3, fed by ups-b", _shop.StateOf("elsewhere").Reason);
        Assert.Matches(
            "^ups-a: on battery since [^;]*; nodes without power: n1; "
                + "left running: deployment shop/(web|elsewhere), deployment shop/(web|elsewhere)$",
            _shop.Plan.Reason
        );
        Assert.Contains("left running: deployment shop/", _shop.Report!.Lines[0].Text);

        Assert.Equal(At.Second(71), _shop.Report.OnBatteryAt);

        _shop.Run(59, "OL");
        Assert.Equal((Phase.WaitingForMains, 0), (_shop.Plan.Phase, _shop.ReplicasOf("db")));
        Assert.StartsWith("ups-a: on mains since ", _shop.StateOf("db").Reason);
        _shop.Run(40, "OL");
        Assert.Equal(["db", "cache"], Moved("scale 3"));
        Assert.Equal(Phase.Normal, _shop.Plan.Phase);
        Assert.NotNull(_shop.Report.Ended);
    }

    [Fact]
    public void The_other_supply_fails_too_and_the_others_follow_in_their_waves()
    {
        _shop.Run(70, "OL").Run(30, "OB");
        _shop.Beside[_b] = "OB";
        _shop.Run(60, "OB");
        Assert.Equal(["cache", "db", "web", "elsewhere"], Moved("scale 0"));
        Assert.Equal((Phase.Asleep, false), (_shop.Plan.Phase, _shop.Plan.IsPartial));
        // The other one is back: what it feeds wakes, and the rest sleeps on.
        _shop.Beside[_b] = "OL";
        _shop.Run(120, "OB");
        Assert.Equal(["web", "elsewhere"], Moved("scale 3").Order().Reverse());
        Assert.Equal((0, 0), (_shop.ReplicasOf("db"), _shop.ReplicasOf("cache")));
        Assert.Equal((Phase.Asleep, true), (_shop.Plan.Phase, _shop.Plan.IsPartial));
        _shop.Run(120, "OL");
        Assert.Equal(Phase.Normal, _shop.Plan.Phase);
        Assert.Equal(4, Moved("release").Count);
    }

    [Fact]
    public void It_fails_again_in_mid_wake_and_what_is_awake_already_sleeps_again()
    {
        _shop.Run(70, "OL").Run(30, "OB").Run(62, "OL");
        Assert.Equal((3, 0), (_shop.ReplicasOf("db"), _shop.ReplicasOf("cache")));
        _shop.Run(30, "OB");
        Assert.Equal((0, 0), (_shop.ReplicasOf("db"), _shop.ReplicasOf("cache")));
        Assert.Equal((3, 3), (_shop.ReplicasOf("web"), _shop.ReplicasOf("elsewhere")));
        _shop.Run(120, "OL");
        Assert.Equal((3, 3), (_shop.ReplicasOf("db"), _shop.ReplicasOf("cache")));
        Assert.Equal(Phase.Normal, _shop.Plan.Phase);
    }

    [Theory]
    [InlineData("n9")]
    [InlineData(null)]
    public void A_pod_on_a_node_that_is_not_known_leaves_its_workload_running_and_that_is_told(string? node)
    {
        _shop.Place("db", node is null ? null : [node]);
        _shop.Run(70, "OL").Run(30, "OB");
        Assert.Equal(["cache"], Moved("scale 0"));
        Assert.Matches("^left running: a .*which supply feeds it is not known$", _shop.StateOf("db").Reason);
    }

    [Fact]
    public void A_supply_that_is_not_heard_puts_nothing_to_sleep()
    {
        _shop.Run(70, "OL").Silence(60);
        Assert.Empty(_shop.Writes);
    }

    [Fact]
    public void A_name_that_no_source_has_is_told_and_the_node_counts_as_fed_by_all()
    {
        _shop.Nodes![0] = Node("n1", "ups-a", "ups-x");
        _shop.Run(70, "OL").Run(30, "OB");
        Assert.Empty(_shop.Writes);
        var input = _shop.Input();
        Assert.Equal(
            "ebb.dev/supplies of node n1 names \"ups-x\", which is no UPS of Power__Sources; such a node counts as fed by "
                + "all",
            Assert.Single(PowerDomains.Troubles(input.Cluster, input.Power.Supplies))
        );
    }

    [Fact]
    public void A_node_is_cordoned_when_it_has_no_power_itself_and_no_other()
    {
        _shop.WithNode("n1", 4, 1).WithNode("n3", 4, 1);
        _shop.Run(70, "OL").Run(40, "OB");
        Assert.Equal((true, false), (_shop.SuspendedOf("n1"), _shop.SuspendedOf("n3")));
        _shop.Run(120, "OL");
        Assert.Equal((Phase.Normal, false), (_shop.Plan.Phase, _shop.SuspendedOf("n1")));
    }

    [Fact]
    public void What_applies_from_Git_what_sleeps_is_held_back_with_it()
    {
        _shop.WithOwner("apps", "db");
        _shop.Run(70, "OL").Run(40, "OB");
        Assert.Equal(["cache", "apps", "db"], Moved("scale 0", "suspend True"));
        _shop.Run(120, "OL");
        Assert.Equal((Phase.Normal, false), (_shop.Plan.Phase, _shop.SuspendedOf("apps")));
    }

    [Fact]
    public void Another_process_that_has_forgotten_everything_leaves_it_asleep()
    {
        _shop.Run(70, "OL").Run(40, "OB");
        _shop.Restart();
        _shop.Run(100, "OB");
        Assert.Equal((0, 0, 3), (_shop.ReplicasOf("db"), _shop.ReplicasOf("cache"), _shop.ReplicasOf("web")));
    }

    [Fact]
    public void One_that_is_refused_sleep_does_not_keep_others_asleep_that_have_power_again()
    {
        _shop.Beside[_b] = "OB";
        _shop.Refusals["db"] = "Forbidden: no";
        _shop.Run(70, "OL").Run(60, "OB");
        Assert.Equal((3, 0, 0), (_shop.ReplicasOf("db"), _shop.ReplicasOf("cache"), _shop.ReplicasOf("web")));
        _shop.Beside[_b] = "OL";
        List<Direction> ways = [];
        _shop.Run(600, "OB", each: _ => ways.Add(_shop.Plan.Direction));
        Assert.Equal((3, 0, 3), (_shop.ReplicasOf("db"), _shop.ReplicasOf("cache"), _shop.ReplicasOf("web")));
        Assert.InRange(ways.Zip(ways.Skip(1)).Count(two => two.First != two.Second), 0, 4);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Whatever_both_supplies_do_everything_follows_its_own_and_ends_as_it_was(bool forgets)
    {
        for (var seed = 1; seed <= 8; seed++)
        {
            var random = new Random(seed);
            var shop = new FakeCluster(ups: "ups-a")
                .With("a", 1, 2)
                .With("b", 2, 1)
                .With("both", 1, 1)
                .With("any", 3, 3);
            var b = new UpsScenario(ups: "ups-b");
            shop.Beside[b] = "OL";
            shop.Nodes = [Node("n1", "ups-a"), Node("n2", "ups-b")];
            shop.Place("a", ["n1"], Labelled("n1")).Place("b", ["n2"]).Place("both", ["n1", "n2"]);
            shop.Place("any", ["n1"], Placement.Anywhere);
            shop.Run(70, "OL");
            for (var i = 0; i < 12; i++)
            {
                shop.Beside[b] = random.Next(2) == 0 ? "OL" : "OB";
                shop.Run(random.Next(1, 90), random.Next(2) == 0 ? "OL" : "OB");
                if (forgets && random.Next(3) == 0)
                    shop.Restart();
            }
            foreach (var (first, second) in new[] { ("OB", "OL"), ("OL", "OB"), ("OB", "OB"), ("OL", "OL") })
            {
                shop.Beside[b] = second;
                shop.Run(400, first);
                var (a, other) = (first == "OL" ? 3 : 0, second == "OL" ? 3 : 0);
                var either = Math.Max(a, other);
                Assert.Equal(
                    (seed, a, other, either, either),
                    (seed, shop.ReplicasOf("a"), shop.ReplicasOf("b"), shop.ReplicasOf("both"), shop.ReplicasOf("any"))
                );
            }
            Assert.Equal(Phase.Normal, shop.Plan.Phase);
        }
    }

    [Fact]
    public void Where_it_only_observes_it_tells_the_same_and_writes_nothing()
    {
        var shop = new FakeCluster(ups: "ups-a") { Acts = false }
            .With("db", 1, 1)
            .With("web", 1, 1);
        shop.Beside[_b] = "OL";
        shop.Nodes = [Node("n1", "ups-a"), Node("n2", "ups-b")];
        shop.Place("db", ["n1"]).Place("web", ["n2"]);
        shop.Run(70, "OL").Run(30, "OB");
        Assert.Empty(shop.Writes);
        Assert.Equal((Direction.Down, true), (shop.Plan.Would, shop.Plan.IsPartial));
        Assert.Equal("left running: its nodes are fed by ups-b", shop.StateOf("web").Reason);
    }

    private List<string> Moved(params string[] what) =>
        [
            .. _shop
                .Writes.Where(write => what.Any(w => write.EndsWith(w, StringComparison.Ordinal)))
                .Select(write => write.Split(' ')[1]),
        ];

    private static Placement Labelled(string node) => new(new Dictionary<string, string> { ["name"] = node }, [], []);

    private static NodeView Node(string name, params string[] supplies) =>
        new(name, true, true)
        {
            Supplies = supplies,
            Facts = new NodeFacts
            {
                Name = name,
                Labels = new Dictionary<string, string> { ["name"] = name },
                Ready = true,
                Allocatable = Amounts.None,
            },
        };
}
