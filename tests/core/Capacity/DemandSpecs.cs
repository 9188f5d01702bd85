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

    [Fact]
    public void A_pod_that_no_node_could_ever_take_is_no_demand_and_is_told()
    {
        _fixture.Node("n1", 16_000);
        _fixture.Node("n2", 16_000);
        var room = _fixture.Ask();
        _fixture.Pod("typo", null, 640_000);
        Assert.Equal((32, 0), (room.Numbers.Fits, room.Numbers.Pending));
        var told = Assert.Single(_fixture.Index.Unmet());
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
            Assert.Single(_fixture.Index.Unmet()).Why,
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
}
