using Ebb.Core.Capacity;

namespace Ebb.Core.Tests.Capacity;

public sealed class FreeCapacitySpecs
{
    private readonly CapacityFixture _fixture = new();

    private static Placement On(string key, string value) =>
        new(new Dictionary<string, string> { [key] = value }, [], []);

    [Fact]
    public void Who_names_a_node_goes_past_the_scheduler_and_other_pods_do_not_keep_it_away()
    {
        _fixture.Node("n1", 4000);
        var miner = new PodTerm("miner", (_, labels) => labels["app"] == "miner");
        _fixture.Pod("alone", "n1", 1000, with: pod => pod with { Repels = [miner] });
        int Fits(string? node)
        {
            var where = new Placement(new Dictionary<string, string>(), [], [], node);
            return _fixture
                .Ask(
                    placement: where,
                    app: node ?? "miner",
                    with: query =>
                        query with
                        {
                            Replica = new PodFacts(
                                "shop",
                                new Dictionary<string, string> { ["app"] = "miner" },
                                null,
                                query.PerReplica,
                                where
                            ),
                        }
                )
                .Numbers.Fits;
        }

        Assert.Equal((0, 3), (Fits(null), Fits("n1")));
    }

    [Fact]
    public void Why_no_replica_fits_on_a_node_is_told_and_what_others_hold_of_each_resource()
    {
        _fixture.Node("full", 4000, more: ("memory", 8));
        _fixture.Node("shy", 4000, more: ("memory", 8));
        _fixture.Node("open", 4000, more: ("memory", 8));
        _fixture.Pod("big", "full", 3500, more: ("memory", 7));
        _fixture.Pod("own", "full", 100, "miner", more: ("memory", 1));
        _fixture.Pod(
            "alone",
            "shy",
            100,
            with: pod => pod with { Repels = [new PodTerm("miner", (_, labels) => labels["app"] == "miner")] }
        );
        var room = _fixture.Ask(
            with: query =>
                query with
                {
                    IsFixed = true,
                    Replica = new PodFacts(
                        "shop",
                        new Dictionary<string, string> { ["app"] = "miner" },
                        null,
                        query.PerReplica,
                        Placement.Anywhere
                    ),
                },
            more: ("memory", 2)
        );
        Assert.Equal(
            [("full", "too little is left of cpu, memory"), ("open", null), ("shy", "anti-affinity with a pod there")],
            room.ByNode().OrderBy(node => node.Node, StringComparer.Ordinal).Select(node => (node.Node, node.WhyNot))
        );
        Assert.Equal(
            [
                new ResourceOnNode("cpu", 4000, 3500),
                new ResourceOnNode("memory", 8, 7),
                new ResourceOnNode("pods", 110, 1),
            ],
            room.ResourcesOn("full")
        );
        Assert.Empty(room.ResourcesOn("none"));
    }

    [Fact]
    public void Replicas_fit_node_by_node_and_not_in_the_sum()
    {
        _fixture.Node("a", 4000);
        _fixture.Node("b", 4000);
        _fixture.Pod("p1", "a", 1500);
        _fixture.Pod("p2", "b", 1500);
        Assert.Equal(
            (2, 5000, 2),
            (_fixture.Ask(2000).Numbers.Fits, _fixture.Ask(2000).Numbers.Remaining, _fixture.Ask(2000).Numbers.Nodes)
        );
    }

    [Fact]
    public void Own_pods_do_not_count_and_others_do()
    {
        _fixture.Node("a", 10_000);
        for (var i = 0; i < 5; i++)
            _fixture.Pod($"m{i}", "a", 1000, "miner");
        _fixture.Pod("other", "a", 1000, "miner", space: "elsewhere");
        _fixture.Pod("p", "a", 3000);
        var room = _fixture.Ask();
        Assert.Equal((6, 4000), (room.Numbers.Fits, room.Numbers.Requested));
        _fixture.Gone("m0");
        _fixture.Pod("m9", "a", 1000, "miner");
        Assert.Equal(6, room.Numbers.Fits);
    }

    [Fact]
    public void Pending_demand_is_taken_off_and_own_pending_pods_are_not()
    {
        _fixture.Node("a", 10_000);
        _fixture.Pod("m", null, 1000, "miner");
        _fixture.Pod("p", null, 4000);
        var room = _fixture.Ask();
        Assert.Equal((6, 4000), (room.Numbers.Fits, room.Numbers.Pending));
        _fixture.Pod("p", "a", 4000);
        _fixture.Pod("m", "a", 1000, "miner");
        Assert.Equal((6, 0), (room.Numbers.Fits, room.Numbers.Pending));
        _fixture.Gone("p");
        Assert.Equal(10, room.Numbers.Fits);
    }

    [Fact]
    public void Demand_that_cannot_come_to_these_nodes_is_not_theirs()
    {
        _fixture.Node("a", 10_000, node => node with { Labels = new Dictionary<string, string> { ["gpu"] = "yes" } });
        _fixture.Node("b", 10_000);
        var room = _fixture.Ask(placement: On("gpu", "yes"));
        _fixture.Pod("elsewhere", null, 4000, placement: On("name", "b"));
        Assert.Equal(10, room.Numbers.Fits);
        _fixture.Pod("anywhere", null, 4000);
        Assert.Equal(6, room.Numbers.Fits);
    }

    [Theory]
    [InlineData("30", 154, 154_000)]
    [InlineData("15%", 156, 156_400)]
    public void The_reserve_stays_free(string reserve, int fits, long remaining)
    {
        _fixture.Node("a", 184_000, pods: 500);
        Assert.Equal(
            (fits, remaining),
            (_fixture.Ask(reserve: reserve).Numbers.Fits, _fixture.Ask(reserve: reserve).Numbers.Remaining)
        );
    }

    [Fact]
    public void Nodes_that_take_no_replica_do_not_count_until_they_do()
    {
        _fixture.Node("ready", 4000);
        _fixture.Node("not-ready", 4000, node => node with { Ready = false });
        _fixture.Node("cordoned", 4000, node => node with { Unschedulable = true });
        _fixture.Node("tainted", 4000, node => node with { Taints = [new Taint("gpu", "", "NoSchedule")] });
        _fixture.Node(
            "preferred-not",
            4000,
            node => node with { Taints = [new Taint("slow", "", "PreferNoSchedule")] }
        );
        var room = _fixture.Ask();
        Assert.Equal((2, 8), (room.Numbers.Nodes, room.Numbers.Fits));
        Assert.Equal(
            ["cordoned", "not ready", "taint gpu:NoSchedule"],
            room.ByNode().Select(node => node.Refusal).OfType<string>().Order(StringComparer.Ordinal)
        );
        _fixture.Node("not-ready", 4000);
        _fixture.Node("cordoned", 4000);
        Assert.Equal(16, room.Numbers.Fits);
        _fixture.Index.RemoveNode("ready");
        Assert.Equal(12, room.Numbers.Fits);
    }

    [Fact]
    public void Tolerations_and_required_affinity_open_and_close_nodes()
    {
        _fixture.Node("tainted", 4000, node => node with { Taints = [new Taint("gpu", "a", "NoSchedule")] });
        _fixture.Node("plain", 4000);
        Assert.Equal(
            8,
            _fixture
                .Ask(
                    placement: new Placement(
                        new Dictionary<string, string>(),
                        [],
                        [new Toleration("gpu", "Exists", null, null)]
                    )
                )
                .Numbers.Fits
        );
        Assert.Equal(
            8,
            _fixture
                .Ask(
                    placement: new Placement(
                        new Dictionary<string, string>(),
                        [],
                        [new Toleration("gpu", null, "a", "NoSchedule")]
                    )
                )
                .Numbers.Fits
        );
        Assert.Equal(
            4,
            _fixture
                .Ask(
                    placement: new Placement(
                        new Dictionary<string, string>(),
                        [],
                        [new Toleration("gpu", "Equal", "b", null)]
                    )
                )
                .Numbers.Fits
        );
        Assert.Equal(
            0,
            _fixture
                .Ask(
                    placement: new Placement(
                        new Dictionary<string, string>(),
                        [new NodeTerm([new NodeRequirement("name", "In", ["tainted"])])],
                        []
                    )
                )
                .Numbers.Fits
        );
        Assert.Equal(
            4,
            _fixture
                .Ask(
                    placement: new Placement(
                        new Dictionary<string, string>(),
                        [new NodeTerm([]), new NodeTerm([new NodeRequirement("name", "NotIn", ["tainted"])])],
                        []
                    )
                )
                .Numbers.Fits
        );
    }

    [Fact]
    public void Every_resource_of_a_replica_must_fit_and_so_must_its_place()
    {
        _fixture.Node("a", 10_000, null, 3);
        Assert.Equal(3, _fixture.Ask().Numbers.Fits);
        _fixture.Node("b", 10_000, null, 110, ("nvidia.com/gpu", 2));
        Assert.Equal(2, _fixture.Ask(more: ("nvidia.com/gpu", 1)).Numbers.Fits);
    }

    [Fact]
    public void A_node_on_which_more_is_requested_than_it_has_offers_nothing_and_takes_nothing_from_others()
    {
        _fixture.Node("full", 4000);
        _fixture.Node("empty", 4000);
        _fixture.Pod("p", "full", 6000);
        Assert.Equal((4, 4000), (_fixture.Ask().Numbers.Fits, _fixture.Ask().Numbers.Remaining));
    }

    [Fact]
    public void Pods_on_a_node_that_is_not_known_yet_are_there_when_it_comes()
    {
        var room = _fixture.Ask();
        _fixture.Pod("p", "later", 3000);
        Assert.Equal(0, room.Numbers.Fits);
        _fixture.Node("later", 4000);
        Assert.Equal(1, room.Numbers.Fits);
        _fixture.Index.RemoveNode("later");
        _fixture.Gone("p");
        _fixture.Node("later", 4000);
        Assert.Equal(4, room.Numbers.Fits);
    }

    [Fact]
    public void However_it_came_to_be_the_numbers_are_those_of_a_fresh_look()
    {
        var chance = new Random(7);
        var room = _fixture.Ask(1500, "10%");
        for (var i = 0; i < 20; i++)
            _fixture.Node($"n{i}", 8000);
        for (var i = 0; i < 3000; i++)
        {
            var name = $"p{chance.Next(200)}";
            switch (chance.Next(12))
            {
                case 0 when _fixture.Pods.ContainsKey(name):
                    _fixture.Gone(name);
                    break;
                case 1:
                    _fixture.Node(
                        $"n{chance.Next(25)}",
                        chance.Next(1, 9) * 1000,
                        node => node with { Unschedulable = chance.Next(5) == 0, Ready = chance.Next(5) > 0 }
                    );
                    break;
                case 2:
                    _fixture.Index.RemoveNode($"n{chance.Next(25)}");
                    break;
                default:
                    _fixture.Pod(
                        name,
                        chance.Next(4) == 0 ? null : $"n{chance.Next(25)}",
                        chance.Next(1, 20) * 100,
                        chance.Next(3) == 0 ? "miner" : "paying"
                    );
                    break;
            }
        }

        var fresh = _fixture.Ask(1500, "10%");
        Assert.Equal(fresh.Numbers, room.Numbers);
        Assert.Equal(
            fresh.ByNode().OrderBy(node => node.Node, StringComparer.Ordinal),
            room.ByNode().OrderBy(node => node.Node, StringComparer.Ordinal)
        );
    }
}
