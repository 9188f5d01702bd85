using Ebb.Core.Capacity;

namespace Ebb.Core.Tests.Capacity;

/// <summary>What one replica takes, and what keeps it off a node beside that.</summary>
public sealed class ReplicaSpecs
{
    private readonly CapacityFixture _fixture = new();

    private static PodTerm App(string app) =>
        new($"app={app}", (space, labels) => space == "shop" && labels["app"] == app);

    private PodFacts Replica(params PodTerm[] repels) =>
        new(
            "shop",
            new Dictionary<string, string> { ["app"] = "miner" },
            null,
            _fixture.Cores(1000),
            Placement.Anywhere
        )
        {
            Repels = repels,
        };

    [Theory]
    [InlineData(2000, 4, 8)]
    [InlineData(500, 4, 32)]
    [InlineData(1000, 16, 16)]
    public void Its_pods_say_better_than_the_template_what_a_replica_takes(long each, int running, int fits)
    {
        _fixture.Node("n1", 16_000);
        for (var i = 0; i < running; i++)
            _fixture.Pod($"m{i}", "n1", each, "miner");
        Assert.Equal(fits, _fixture.Ask().Numbers.Fits);
    }

    [Fact]
    public void Pods_that_wait_say_it_too_and_none_says_what_the_template_says()
    {
        _fixture.Node("n1", 16_000);
        var room = _fixture.Ask();
        Assert.Equal(16, room.Numbers.Fits);
        for (var i = 0; i < 8; i++)
            _fixture.Pod($"m{i}", "n1", 2000, "miner");
        for (var i = 8; i < 12; i++)
            _fixture.Pod($"m{i}", null, 2000, "miner", On("no", "such"));
        Assert.Equal((8, 2000), (room.Numbers.Fits, room.Numbers.PerReplica));
        foreach (var name in _fixture.Pods.Keys.ToList())
            _fixture.Gone(name);
        Assert.Equal(16, room.Numbers.Fits);
    }

    [Fact]
    public void What_the_trigger_says_goes_before_both()
    {
        _fixture.Node("n1", 16_000);
        for (var i = 0; i < 4; i++)
            _fixture.Pod($"m{i}", "n1", 1000, "miner");
        Assert.Equal(8, _fixture.Ask(2000, with: query => query with { IsFixed = true }).Numbers.Fits);
    }

    [Fact]
    public void Old_pods_that_are_smaller_keep_their_room_and_only_new_ones_are_larger()
    {
        _fixture.Node("n1", 17_000);
        for (var i = 0; i < 14; i++)
            _fixture.Pod($"m{i}", "n1", 1000, "miner");
        _fixture.Pod("new", "n1", 2000, "miner");
        Assert.Equal(15, _fixture.Ask().Numbers.Fits);
    }

    [Fact]
    public void What_is_held_counts_pods_on_nodes_and_not_those_that_wait()
    {
        _fixture.Node("n1", 8000);
        for (var i = 0; i < 8; i++)
            _fixture.Pod($"m{i}", "n1", 1000, "miner");
        for (var i = 8; i < 16; i++)
            _fixture.Pod($"m{i}", null, 1000, "miner");
        var room = _fixture.Ask();
        Assert.Equal(8000, room.Numbers.Held);
        foreach (var name in _fixture.Pods.Keys.ToList())
        {
            _fixture.Ends(name);
            _fixture.Gone(name);
        }

        Assert.Equal(0, room.Numbers.Held);
        _fixture.Pod("again", null, 1000, "miner");
        _fixture.Pod("again", "n1", 1000, "miner");
        Assert.Equal(1000, room.Numbers.Held);
    }

    [Fact]
    public void What_is_held_on_a_node_that_takes_none_counts_at_once()
    {
        _fixture.Node("n1", 8000, node => node with { Unschedulable = true });
        var room = _fixture.Ask();
        Assert.Equal(0, room.Numbers.Held);
        _fixture.Pod("m", "n1", 1000, "miner");
        Assert.Equal(1000, room.Numbers.Held);
    }

    [Fact]
    public void A_node_of_many_tebibytes_is_counted_whole()
    {
        const long TiB = 1L << 40;
        _fixture.Node("n1", 16_000, more: ("memory", 24 * TiB));
        Assert.Equal(12, _fixture.Ask(resource: "memory", more: ("memory", 2 * TiB)).Numbers.Fits);
    }

    [Fact]
    public void A_node_has_each_host_port_once()
    {
        _fixture.Node("n1", 16_000);
        _fixture.Node("n2", 16_000);
        _fixture.Node("n3", 16_000);
        var port = ResourceTable.HostPort + "TCP/9100";
        var room = _fixture.Ask(more: (port, 1));
        Assert.Equal(3, room.Numbers.Fits);
        _fixture.Pod("exporter", "n1", 100, more: (port, 1));
        _fixture.Pod("other", "n2", 100, more: (ResourceTable.HostPort + "UDP/9100", 1));
        Assert.Equal(2, room.Numbers.Fits);
    }

    [Fact]
    public void A_workload_that_repels_itself_fits_once_on_each_node()
    {
        for (var i = 0; i < 3; i++)
            _fixture.Node($"n{i}", 16_000);
        _fixture.Pod("m0", "n0", 1000, "miner");
        Assert.Equal(3, _fixture.Ask(with: query => query with { Replica = Replica(App("miner")) }).Numbers.Fits);
    }

    [Fact]
    public void Pods_that_it_repels_and_pods_that_repel_it_keep_it_off_their_nodes()
    {
        for (var i = 0; i < 4; i++)
            _fixture.Node($"n{i}", 4000);
        var room = _fixture.Ask(with: query => query with { Replica = Replica(App("web")) });
        Assert.Equal(16, room.Numbers.Fits);
        _fixture.Pod("web", "n0", 100, "web");
        _fixture.Pod("shy", "n1", 100, "db", with: pod => pod with { Repels = [App("miner")] });
        _fixture.Pod("other", "n2", 1000, "db", with: pod => pod with { Repels = [App("web")] });
        Assert.Equal(4 + 3, room.Numbers.Fits);
        _fixture.Gone("web");
        Assert.Equal(8 + 3, room.Numbers.Fits);
    }

    [Fact]
    public void A_running_pod_that_repels_it_in_its_zone_keeps_it_out_of_all_nodes_of_the_zone()
    {
        void Zoned(string name, string? zone) =>
            _fixture.Node(
                name,
                16_000,
                node =>
                    node with
                    {
                        Labels = zone is null
                            ? new Dictionary<string, string>()
                            : new Dictionary<string, string> { ["zone"] = zone },
                    }
            );
        void Shy(string name, string node, string app = "miner") =>
            _fixture.Pod(
                name,
                node,
                1000,
                "db",
                with: pod => pod with { RepelsInDomain = [new DomainTerm("zone", App(app))] }
            );
        Zoned("n0", "a");
        Zoned("n1", "a");
        Zoned("n2", "b");
        _fixture.Pod("m0", "n1", 1000, "miner");
        var room = _fixture.Ask(with: query => query with { Replica = Replica() });
        Assert.Equal(48, room.Numbers.Fits);
        Shy("shy", "n0");
        // Its own that run there stay.
        Assert.Equal(16 + 1, room.Numbers.Fits);
        _fixture.Gone("m0");
        Assert.Equal(16, room.Numbers.Fits);
        Assert.Equal(16, _fixture.Ask(with: query => query with { Replica = Replica() }).Numbers.Fits);
        Shy("other", "n2", "web");
        Assert.Equal(15, room.Numbers.Fits);
        // What its node is called, and whether it is there, decides; a node without the label is in no domain.
        Zoned("n1", "b");
        Assert.Equal(16 + 15, room.Numbers.Fits);
        Zoned("n0", null);
        Assert.Equal(15 + 16 + 15, room.Numbers.Fits);
        Zoned("n0", "b");
        Assert.Equal(0, room.Numbers.Fits);
        _fixture.Index.RemoveNode("n0");
        Assert.Equal(16 + 15, room.Numbers.Fits);
        Zoned("n0", "b");
        _fixture.Gone("shy");
        Assert.Equal(16 + 16 + 15, room.Numbers.Fits);
    }

    [Theory]
    [InlineData(1, null, "4 4 1", 5)]
    [InlineData(2, null, "4 4 1", 7)]
    [InlineData(1, null, "2 2 2", 6)]
    [InlineData(1, 4, "2 2 2", 3)]
    [InlineData(1, 3, "2 2 2", 6)]
    [InlineData(5, null, "4 4 0", 8)]
    [InlineData(1, null, "0 3 3", 2)]
    public void A_spread_by_host_allows_no_more_than_the_skew(int skew, int? domains, string cores, int fits)
    {
        foreach (var (i, each) in cores.Split(' ').Index())
            _fixture.Node($"n{i}", int.Parse(each, System.Globalization.CultureInfo.InvariantCulture) * 1000);
        var room = _fixture.Ask(with: query =>
            query with
            {
                Replica = Replica(),
                Spread = new SpreadRule("name", skew, domains, App("miner"), false, true),
            }
        );
        Assert.Equal(fits, room.Numbers.Fits);
    }

    [Fact]
    public void A_tainted_node_is_an_empty_domain_unless_taints_are_honored()
    {
        _fixture.Node("n0", 4000);
        _fixture.Node("n1", 4000, node => node with { Taints = [new Taint("a", "", "NoSchedule")] });
        int Fits(bool honors) =>
            _fixture
                .Ask(with: query =>
                    query with
                    {
                        Replica = Replica(),
                        Spread = new SpreadRule("name", 1, null, App("miner"), honors, true),
                    }
                )
                .Numbers.Fits;
        Assert.Equal((1, 4), (Fits(false), Fits(true)));
    }

    [Fact]
    public void Others_that_are_counted_fill_their_domain_too()
    {
        _fixture.Node("n0", 4000);
        _fixture.Node("n1", 4000);
        _fixture.Pod("w", "n0", 1000, "web");
        var room = _fixture.Ask(with: query =>
            query with
            {
                Replica = Replica(),
                Spread = new SpreadRule("name", 1, null, new PodTerm("all", (_, _) => true), false, true),
            }
        );
        Assert.Equal(7, room.Numbers.Fits);
        _fixture.Pod("w2", "n0", 1000, "web");
        _fixture.Pod("big", "n1", 2000, "web");
        Assert.Equal(2 + 2, room.Numbers.Fits);
        _fixture.Gone("big");
        _fixture.Ends("w2");
        Assert.Equal(2 + 4, room.Numbers.Fits);
    }

    [Theory]
    [InlineData(1, null, 0, 20)]
    [InlineData(1, null, 1, 19)]
    [InlineData(1, null, 2, 4)]
    [InlineData(2, null, 2, 18)]
    [InlineData(1, 3, 1, 19)]
    [InlineData(1, 3, 2, 4)]
    public void A_spread_that_does_not_count_its_own_pods_opens_or_closes_a_domain_as_a_whole(
        int skew,
        int? domains,
        int web,
        int fits
    )
    {
        _fixture.Node("n0", 16_000);
        _fixture.Node("n1", 4000);
        _fixture.Pod("here", "n1", 2000, "db");
        for (var i = 0; i < web; i++)
            _fixture.Pod($"w{i}", "n0", 1000, "web");
        var room = _fixture.Ask(with: query =>
            query with
            {
                Replica = Replica(),
                Spread = new SpreadRule("name", skew, domains, App("web"), false, true) { CountsReplicas = false },
            }
        );
        _fixture.Gone("here");
        Assert.Equal(fits, room.Numbers.Fits);
        _fixture.Pod("here", "n1", 2000, "db");
        Assert.Equal(fits - 2, room.Numbers.Fits);
    }

    [Fact]
    public void Those_that_run_in_a_domain_that_is_closed_by_then_stay()
    {
        _fixture.Node("n0", 16_000);
        _fixture.Node("n1", 4000);
        for (var i = 0; i < 5; i++)
            _fixture.Pod($"m{i}", "n0", 1000, "miner");
        var room = _fixture.Ask(with: query =>
            query with
            {
                Replica = Replica(),
                Spread = new SpreadRule("name", 1, null, App("web"), false, true) { CountsReplicas = false },
            }
        );
        Assert.Equal(20, room.Numbers.Fits);
        _fixture.Pod("w0", "n0", 1000, "web");
        _fixture.Pod("w1", "n0", 1000, "web");
        Assert.Equal(5 + 4, room.Numbers.Fits);
        _fixture.Gone("m0");
        Assert.Equal(4 + 4, room.Numbers.Fits);
    }

    private static Placement On(string key, string value) =>
        new(new Dictionary<string, string> { [key] = value }, [], []);
}
