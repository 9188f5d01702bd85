using Ebb.Core.Capacity;

namespace Ebb.Core.Tests.Capacity;

/// <summary>What harvesters give back for pods that wait.</summary>
public sealed class DemandSpecs
{
    private const long GiB = 1L << 30;
    private readonly CapacityFixture _fixture = new();

    private static Placement On(string key, string value) =>
        new(new Dictionary<string, string> { [key] = value }, [], []);

    private void Miners(
        int count,
        string node,
        long millis = 1000,
        string app = "miner",
        int priority = 0,
        long memory = 0
    )
    {
        for (var i = 0; i < count; i++)
            _fixture.Pod(
                $"{app}-{node}-{i}",
                node,
                millis,
                app,
                with: pod => pod with { Priority = priority },
                more: ("memory", memory)
            );
    }

    [Fact]
    public void Demand_for_memory_is_given_back_by_a_harvester_that_follows_cores()
    {
        _fixture.Node("n1", 16_000, more: ("memory", 64 * GiB));
        Miners(16, "n1", memory: 4 * GiB);
        var room = _fixture.Ask(more: ("memory", 4 * GiB));
        Assert.Equal(16, room.Numbers.Fits);
        _fixture.Pod("paying", null, 100, more: ("memory", 32 * GiB));
        Assert.Equal(8, room.Numbers.Fits);
        for (var i = 0; i < 8; i++)
            _fixture.Ends($"miner-n1-{i}");
        Assert.Equal(8, room.Numbers.Fits);
        for (var i = 0; i < 8; i++)
            _fixture.Gone($"miner-n1-{i}");
        Assert.Equal(8, room.Numbers.Fits);
        _fixture.Pod("paying", "n1", 100, more: ("memory", 32 * GiB));
        Assert.Equal(8, room.Numbers.Fits);
        _fixture.Gone("paying");
        Assert.Equal(16, room.Numbers.Fits);
    }

    [Fact]
    public void Demand_for_cores_of_a_gpu_node_is_given_back_by_a_harvester_that_follows_gpus()
    {
        _fixture.Node(
            "n1",
            32_000,
            node => node with { Labels = new Dictionary<string, string> { ["accelerator"] = "p4" } },
            110,
            ("nvidia.com/gpu", 8)
        );
        for (var i = 0; i < 8; i++)
            _fixture.Pod($"render-{i}", "n1", 4000, "miner", more: ("nvidia.com/gpu", 1));
        var room = _fixture.Ask(4000, resource: "nvidia.com/gpu", more: ("nvidia.com/gpu", 1));
        Assert.Equal(8, room.Numbers.Fits);
        _fixture.Pod("paying", null, 8000, placement: On("accelerator", "p4"));
        Assert.Equal(6, room.Numbers.Fits);
    }

    private static readonly PodTerm Databases = new("app=db", (_, labels) => labels["app"] == "db");

    private void Database(string name, string? node, long millis = 2000, bool repels = true) =>
        _fixture.Pod(name, node, millis, "db", with: pod => repels ? pod with { Repels = [Databases] } : pod);

    private int Given(FreeCapacity room, string node) => room.ByNode().Single(one => one.Node == node).GivenBack;

    [Fact]
    public void Room_is_made_where_no_pod_is_that_the_waiting_one_does_not_share_a_node_with()
    {
        foreach (var node in new[] { "n1", "n2", "n3" })
            _fixture.Node(node, 8000);
        Database("db-0", "n1");
        Database("db-1", "n2");
        // The third node is the dearest: more replicas have to go there.
        Miners(6, "n1");
        Miners(6, "n2");
        Miners(16, "n3", 500);
        var room = _fixture.Ask();
        Assert.Equal(0, room.Numbers.GivenBack);
        Database("db-2", null);
        Assert.Equal((0, 0, 4), (Given(room, "n1"), Given(room, "n2"), Given(room, "n3")));
        // One that goes opens its node, one that comes closes it.
        _fixture.Gone("db-0");
        Assert.Equal((0, 0, 0), (Given(room, "n1"), Given(room, "n2"), Given(room, "n3")));
        Database("db-3", "n1");
        Assert.Equal((0, 0, 4), (Given(room, "n1"), Given(room, "n2"), Given(room, "n3")));
    }

    [Fact]
    public void Who_repels_the_waiting_one_closes_a_node_as_well()
    {
        _fixture.Node("n1", 8000);
        _fixture.Node("n2", 8000);
        Miners(4, "n1");
        Miners(8, "n2");
        _fixture.Pod(
            "lonely",
            "n1",
            1000,
            "lonely",
            with: pod => pod with { Repels = [new PodTerm("db", (_, labels) => labels["app"] == "db")] }
        );
        var room = _fixture.Ask();
        _fixture.Pod(
            "db-0",
            null,
            2000,
            "db",
            with: pod => pod with { Repels = [new PodTerm("x", (_, labels) => labels["app"] == "other")] }
        );
        Assert.Equal((0, 2), (Given(room, "n1"), Given(room, "n2")));
    }

    [Theory]
    [InlineData(2, 2, 2)]
    [InlineData(3, 2, 2)]
    public void Those_that_wait_and_repel_each_other_get_a_node_each_and_the_rest_is_told(int waiting, int n1, int n2)
    {
        _fixture.Node("n1", 8000);
        _fixture.Node("n2", 8000);
        Miners(8, "n1");
        Miners(8, "n2");
        var room = _fixture.Ask();
        for (var i = 0; i < waiting; i++)
            // As the pods of a StatefulSet: each has a label of its own.
            _fixture.Pod(
                $"db-{i}",
                null,
                2000,
                "db",
                with: pod =>
                    pod with
                    {
                        Repels = [Databases],
                        Labels = new Dictionary<string, string> { ["app"] = "db", ["index"] = $"{i}" },
                    }
            );
        Assert.Equal((n1, n2), (Given(room, "n1"), Given(room, "n2")));
        Assert.Equal(waiting - 2, _fixture.Index.Unmet().First.Count);
        // Without repelling each other they would go to the fewest nodes.
        for (var i = 0; i < waiting; i++)
            _fixture.Gone($"db-{i}");
        Assert.Equal(0, room.Numbers.GivenBack);
        Database("a", null, repels: false);
        Database("b", null, repels: false);
        Assert.Equal(4, Given(room, "n1") + Given(room, "n2"));
    }

    private static PodTerm App(string app) => new($"app={app}", (_, labels) => labels["app"] == app);

    private void With(string name, string beside, string app = "web", long millis = 2000) =>
        _fixture.Pod(name, null, millis, app, with: pod => pod with { Attracts = [App(beside)] });

    [Fact]
    public void No_room_is_made_for_a_pod_where_nobody_is_with_whom_it_is_to_share_a_node()
    {
        _fixture.Node("n1", 8000);
        _fixture.Node("n2", 8000);
        Database("db-0", "n1", repels: false);
        _fixture.Pod("paying", "n1", 6000);
        Miners(8, "n2");
        var room = _fixture.Ask();
        With("web", "db");
        Assert.Equal((0, 8, false), (room.Numbers.GivenBack, room.Numbers.Fits, room.Numbers.IsClearing));
        Assert.Equal(
            "fits on no node that it may go to, not even without harvesters",
            Assert.Single(_fixture.Index.Unmet().First).Why
        );
        // A harvester's pod would be gone when the pod comes, and one that ends as well.
        With("lover", "miner");
        Assert.Equal(0, room.Numbers.GivenBack);
        _fixture.Gone("miner-n2-0");
        Database("db-1", "n2", 1000, repels: false);
        Assert.Equal((0, 2), (Given(room, "n1"), Given(room, "n2")));
        _fixture.Ends("db-1");
        Assert.Equal(0, room.Numbers.GivenBack);
    }

    [Fact]
    public void The_first_of_pods_that_are_to_be_together_is_not_counted_and_is_told()
    {
        _fixture.Node("n1", 8000);
        _fixture.Node("n2", 8000);
        Miners(8, "n1");
        Miners(8, "n2");
        var room = _fixture.Ask();
        With("db-1", "db", "db");
        Assert.Equal(0, room.Numbers.GivenBack);
        Assert.Equal(
            "cannot count: affinity.podAffinity to pods of its own kind, of which none runs",
            Assert.Single(_fixture.Index.Unmet().First).Why
        );
        _fixture.Gone("miner-n2-0");
        Database("db-0", "n2", 1000, repels: false);
        Assert.Equal((0, 2), (Given(room, "n1"), Given(room, "n2")));
        Assert.Empty(_fixture.Index.Unmet().First);
    }

    [Fact]
    public void A_running_pod_closes_its_node_to_a_waiting_one_that_repels_nobody_itself()
    {
        _fixture.Node("n1", 8000);
        _fixture.Node("n2", 8000);
        Miners(4, "n1");
        Miners(8, "n2");
        var room = _fixture.Ask();
        _fixture.Pod("web", null, 5000);
        Assert.Equal((1, 0), (Given(room, "n1"), Given(room, "n2")));
        void Lonely(string name, string? node) =>
            _fixture.Pod(name, node, 1000, "lonely", with: pod => pod with { Repels = [App("paying")] });
        Lonely("lonely", "n1");
        Assert.Equal((0, 5), (Given(room, "n1"), Given(room, "n2")));
        _fixture.Gone("lonely");
        Assert.Equal((1, 0), (Given(room, "n1"), Given(room, "n2")));
        // Of two that wait the one that repels the other gets another node.
        Lonely("waits", null);
        Assert.Equal((1, 1), (Given(room, "n1"), Given(room, "n2")));
    }

    [Fact]
    public void A_running_pod_closes_its_zone_to_a_waiting_one()
    {
        foreach (var (node, zone) in new[] { ("n1", "a"), ("n2", "a"), ("n3", "b") })
            _fixture.Node(node, 8000, one => one with { Labels = new Dictionary<string, string> { ["zone"] = zone } });
        Miners(4, "n1");
        _fixture.Pod("full", "n2", 8000, "other");
        Miners(8, "n3");
        var room = _fixture.Ask();
        _fixture.Pod("web", null, 5000);
        Assert.Equal((1, 0), (Given(room, "n1"), Given(room, "n3")));
        _fixture.Pod(
            "alone",
            "n2",
            1,
            "alone",
            with: pod => pod with { RepelsInDomain = [new DomainTerm("zone", App("paying"))] }
        );
        Assert.Equal((0, 5), (Given(room, "n1"), Given(room, "n3")));
        _fixture.Gone("alone");
        Assert.Equal((1, 0), (Given(room, "n1"), Given(room, "n3")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Harvesters_that_do_not_share_a_node_with_the_waiting_one_all_go(bool theyRepel)
    {
        _fixture.Node("n1", 8000);
        Miners(4, "n1");
        for (var i = 0; i < 4; i++)
            _fixture.Pod(
                $"shy-{i}",
                "n1",
                1000,
                "shy",
                with: pod => theyRepel ? pod with { Repels = [App("paying")] } : pod
            );
        FreeCapacity[] rooms = [_fixture.Ask(), _fixture.Ask(app: "shy")];
        _fixture.Pod("web", null, 5000, with: pod => theyRepel ? pod : pod with { Repels = [App("shy")] });
        Assert.Equal([1, 4], rooms.Select(room => room.Numbers.GivenBack));
    }

    [Fact]
    public void A_pod_that_only_nodes_of_its_like_could_take_is_no_demand()
    {
        _fixture.Node("n1", 8000);
        Database("db-0", "n1");
        Miners(6, "n1");
        var room = _fixture.Ask();
        Database("db-1", null);
        Assert.Equal((0, 6), (room.Numbers.GivenBack, room.Numbers.Fits));
        Assert.Equal("shop/db-1", Assert.Single(_fixture.Index.Unmet().First).Pod);
    }

    [Fact]
    public void A_pod_whose_volume_is_in_a_full_zone_gets_room_there_and_not_where_there_is_some()
    {
        foreach (var (node, zone) in new[] { ("n1", "a"), ("n2", "b") })
            _fixture.Node(
                node,
                16_000,
                one => one with { Labels = new Dictionary<string, string> { ["zone"] = zone } }
            );
        Miners(16, "n1");
        Miners(4, "n2");
        var room = _fixture.Ask();
        _fixture.Pod(
            "db",
            null,
            4000,
            placement: Placement.Anywhere.And([new NodeTerm([new NodeRequirement("zone", "In", ["a"])])])
        );
        Assert.Equal((4, 0), (Given(room, "n1"), Given(room, "n2")));
        Assert.Empty(_fixture.Index.Unmet().First);
    }

    [Fact]
    public void A_pod_that_lacks_its_claim_takes_nothing_and_is_told_until_the_claim_is_there()
    {
        _fixture.Node("n1", 16_000);
        Miners(16, "n1");
        var room = _fixture.Ask();
        void Wait(string? why) => _fixture.Pod("db", null, 4000, with: pod => pod with { NotDemand = why });
        Wait("PersistentVolumeClaim data does not exist");
        Assert.Equal((16, 0L), (room.Numbers.Fits, room.Numbers.Pending));
        var told = Assert.Single(_fixture.Index.Unmet().First);
        Assert.Equal(("shop/db", "PersistentVolumeClaim data does not exist"), (told.Pod, told.Why));
        // Another workload that is asked about counts all that wait anew.
        _fixture.Ask(app: "other");
        Assert.Equal(16, room.Numbers.Fits);
        Wait(null);
        Assert.Equal((12, 4000L), (room.Numbers.Fits, room.Numbers.Pending));
        Assert.Empty(_fixture.Index.Unmet().First);
        Wait("PersistentVolumeClaim data is being deleted");
        Assert.Equal((16, 0L), (room.Numbers.Fits, room.Numbers.Pending));
        _fixture.Gone("db");
        Assert.Empty(_fixture.Index.Unmet().First);
    }

    [Fact]
    public void A_pod_that_no_node_could_ever_take_is_no_demand_and_is_told()
    {
        _fixture.Node("n1", 16_000);
        _fixture.Node("n2", 16_000);
        var room = _fixture.Ask();
        _fixture.Pod("typo", null, 640_000);
        Assert.Equal((32, 0), (room.Numbers.Fits, room.Numbers.Pending));
        var told = Assert.Single(_fixture.Index.Unmet().First);
        Assert.Equal(
            ("shop/typo", "fits on no node that it may go to, not even on an empty one"),
            (told.Pod, told.Why)
        );
    }

    [Fact]
    public void A_pod_that_only_paying_pods_keep_out_takes_nothing_from_harvesters()
    {
        _fixture.Node("n1", 16_000);
        _fixture.Pod("other", "n1", 10_000);
        Miners(4, "n1");
        var room = _fixture.Ask();
        _fixture.Pod("waits", null, 10_000);
        Assert.Equal(6, room.Numbers.Fits);
        Assert.Contains(
            "not even without harvesters",
            Assert.Single(_fixture.Index.Unmet().First).Why,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void One_of_two_half_full_nodes_is_emptied_for_a_pod_that_needs_a_whole_one()
    {
        _fixture.Node("n1", 16_000);
        _fixture.Node("n2", 16_000);
        Miners(8, "n1");
        Miners(8, "n2");
        var room = _fixture.Ask();
        _fixture.Pod("whole", null, 16_000);
        Assert.Equal((8, 8), (room.Numbers.Fits, room.Numbers.GivenBack));
        Assert.Equal(8, room.ByNode().Sum(node => node.GivenBack));
        // The controller chose to end half of them on each node: that is not enough yet.
        for (var i = 0; i < 4; i++)
        {
            _fixture.Gone($"miner-n1-{i}");
            _fixture.Gone($"miner-n2-{i}");
        }

        Assert.Equal(4, room.Numbers.Fits);
    }

    [Fact]
    public void Three_harvesters_give_back_together_what_is_asked_for_and_no_more()
    {
        _fixture.Node("n1", 50_000, pods: 250);
        _fixture.Node("n2", 50_000, pods: 250);
        Miners(18, "n1", app: "alpha");
        Miners(17, "n2", app: "alpha");
        Miners(16, "n1", app: "beta");
        Miners(17, "n2", app: "beta");
        Miners(16, "n1", app: "gamma");
        Miners(16, "n2", app: "gamma");
        FreeCapacity[] rooms = [_fixture.Ask(app: "alpha"), _fixture.Ask(app: "beta"), _fixture.Ask(app: "gamma")];
        Assert.Equal([35, 33, 32], rooms.Select(room => room.Numbers.Fits));
        for (var i = 0; i < 20; i++)
            _fixture.Pod($"paying-{i}", null, 2000);
        Assert.Equal([20, 20, 20], rooms.Select(room => room.Numbers.Fits).Order());
        // One of them is quicker than the others, which are told the same as before.
        for (var i = 0; i < 15; i++)
            _fixture.Gone(i < 8 ? $"alpha-n1-{i}" : $"alpha-n2-{i}");
        Assert.Equal([20, 20, 20], rooms.Select(room => room.Numbers.Fits));
    }

    [Fact]
    public void The_reserve_is_restored_by_all_harvesters_together()
    {
        _fixture.Node("n1", 100_000, pods: 250);
        Miners(45, "n1", app: "alpha");
        Miners(45, "n1", app: "beta");
        FreeCapacity[] rooms = [_fixture.Ask(app: "alpha", reserve: "10"), _fixture.Ask(app: "beta", reserve: "10")];
        Assert.Equal([45, 45], rooms.Select(room => room.Numbers.Fits));
        _fixture.Pod("paying", "n1", 10_000);
        Assert.Equal([40, 40], rooms.Select(room => room.Numbers.Fits));
        for (var i = 0; i < 5; i++)
            _fixture.Ends($"alpha-n1-{i}");
        Assert.Equal([40, 40], rooms.Select(room => room.Numbers.Fits));
    }

    [Fact]
    public void The_lowest_priority_gives_back_first()
    {
        _fixture.Node("n1", 20_000);
        Miners(10, "n1", app: "alpha", priority: -10);
        Miners(10, "n1", app: "beta", priority: -20);
        FreeCapacity[] rooms = [_fixture.Ask(app: "alpha"), _fixture.Ask(app: "beta")];
        _fixture.Pod("p", null, 6000);
        Assert.Equal([10, 4], rooms.Select(room => room.Numbers.Fits));
        _fixture.Pod("q", null, 6000);
        Assert.Equal([8, 0], rooms.Select(room => room.Numbers.Fits));
    }

    [Fact]
    public void Where_there_is_room_nothing_is_given_back_but_the_room_is_taken()
    {
        _fixture.Node("n1", 16_000);
        _fixture.Node("n2", 16_000, node => node with { Unschedulable = true });
        Miners(10, "n1");
        var room = _fixture.Ask();
        _fixture.Pod("p", null, 4000);
        Assert.Equal((12, 0, 4000), (room.Numbers.Fits, room.Numbers.GivenBack, room.Numbers.Pending));
    }

    [Fact]
    public void A_pod_that_waits_for_a_node_of_its_own_takes_nothing_from_others()
    {
        _fixture.Node("n1", 16_000);
        _fixture.Node("n2", 16_000);
        Miners(16, "n1");
        Miners(16, "n2");
        var room = _fixture.Ask(placement: On("name", "n1"));
        _fixture.Pod("p", null, 4000, placement: On("name", "n2"));
        Assert.Equal(16, room.Numbers.Fits);
    }

    [Fact]
    public void Pods_of_another_harvester_that_wait_are_no_demand()
    {
        _fixture.Node("n1", 10_000);
        Miners(5, "n1", app: "alpha");
        Miners(5, "n1", app: "beta");
        FreeCapacity[] rooms = [_fixture.Ask(app: "alpha"), _fixture.Ask(app: "beta")];
        _fixture.Pod("beta-waits", null, 1000, "beta");
        Assert.Equal([5, 5], rooms.Select(room => room.Numbers.Fits));
    }

    [Theory]
    [InlineData(1000, 1000, 2000, 2)]
    [InlineData(1000, 1001, 2001, 2)]
    [InlineData(1000, 1001, 1000, 1)]
    [InlineData(1, 1999, 1002, 2)]
    public void Pods_that_are_not_alike_free_all_that_they_hold_when_all_go(long one, long other, long asked, int given)
    {
        _fixture.Node("n1", 2001);
        Miners(1, "n1", one, "miner");
        _fixture.Pod("other", "n1", other, "miner");
        var room = _fixture.Ask();
        _fixture.Pod("p", null, asked);
        Assert.Equal((given, 0), (room.Numbers.GivenBack, _fixture.Index.Unmet().First.Count));
    }

    [Fact]
    public void Only_as_many_pods_are_told_as_find_no_node()
    {
        _fixture.Node("n1", 5000);
        _fixture.Ask();
        for (var i = 0; i < 4; i++)
            _fixture.Pod($"p{i}", null, 2000);
        Assert.Equal(2, _fixture.Index.Unmet().First.Count);
        // Each is told once.
        Assert.Equal(2, _fixture.Index.Waiting().First.Count);
    }

    [Fact]
    public void Of_many_that_find_no_node_the_rest_is_counted()
    {
        _fixture.Node("n1", 5000);
        _fixture.Ask();
        for (var i = 0; i < 27; i++)
            _fixture.Pod($"p{i}", null, 6000 + (i * 10));
        var (first, more) = _fixture.Index.Unmet();
        Assert.Equal((20, 7, 0), (first.Count, more, _fixture.Index.Waiting().First.Count));
    }

    [Fact]
    public void Where_a_waiting_pod_could_go_is_told_with_the_nodes_that_have_room_first()
    {
        for (var i = 0; i < 9; i++)
        {
            _fixture.Node($"n{i}", 8000);
            if (i < 7)
                Miners(8 - (i % 2), $"n{i}");
        }

        _fixture.Node("small", 1000);
        _fixture.Ask();
        for (var i = 0; i < 25; i++)
            _fixture.Pod($"p{i}", null, 2000);
        _fixture.Pod("typo", null, 900_000);
        var (first, more) = _fixture.Index.Waiting();
        Assert.Equal((20, 5), (first.Count, more));
        Assert.Equal("shop/typo", Assert.Single(_fixture.Index.Unmet().First).Pod);
        // Nodes 1, 3 and 5 have a core free, so that one replica less goes there.
        Assert.Equal(["n7", "n8", "n1", "n3", "n5"], first[0].Nodes);
        Assert.Equal(("shop/p0", 4), (first[0].Pod, first[0].MoreNodes));
    }

    [Theory]
    [InlineData("n1 n2 n3", "p q")]
    [InlineData("n3 n1 n2", "q p")]
    [InlineData("n2 n3 n1", "p q")]
    public void What_came_first_changes_nothing_so_that_two_replicas_say_the_same(string nodes, string pods)
    {
        foreach (var node in nodes.Split(' '))
            _fixture.Node(node, 8000);
        Miners(8, "n1", app: "alpha");
        Miners(8, "n2", app: "beta");
        Miners(8, "n3", app: "gamma");
        FreeCapacity[] rooms = [_fixture.Ask(app: "alpha"), _fixture.Ask(app: "beta"), _fixture.Ask(app: "gamma")];
        foreach (var pod in pods.Split(' '))
            _fixture.Pod(pod, null, pod == "p" ? 5000 : 4000);
        Assert.Equal([3, 4, 8], rooms.Select(room => room.Numbers.Fits));
    }

    [Fact]
    public void A_plan_that_stands_is_left_when_a_cheaper_node_turns_up()
    {
        _fixture.Node("n1", 8000);
        _fixture.Node("n2", 8000);
        Miners(8, "n1");
        Miners(4, "n2");
        _fixture.Pod("other", "n2", 4000);
        var room = _fixture.Ask();
        _fixture.Pod("p", null, 3000);
        Assert.Equal(3, room.ByNode().Single(node => node.Node == "n1").GivenBack);
        _fixture.Gone("miner-n2-0");
        Assert.Equal(2, room.ByNode().Single(node => node.Node == "n2").GivenBack);
        _fixture.Gone("other");
        Assert.Equal((0, 3000), (room.Numbers.GivenBack, room.Numbers.Pending));
        _fixture.Gone("p");
        Assert.Equal((16, 0L), (room.Numbers.Fits, room.Numbers.Pending));
    }
}
