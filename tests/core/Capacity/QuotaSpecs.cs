using Ebb.Core.Capacity;

namespace Ebb.Core.Tests.Capacity;

/// <summary>What the namespace allows beside what fits on nodes.</summary>
public sealed class QuotaSpecs
{
    private readonly CapacityFixture _fixture = new();

    private FreeCapacity Ask(params QuotaRule[] quotas) => Ask(false, quotas);

    private FreeCapacity Ask(bool hasDeadline, params QuotaRule[] quotas)
    {
        var replica = new PodFacts(
            "shop",
            new Dictionary<string, string> { ["app"] = "miner" },
            null,
            _fixture.Cores(1000),
            Placement.Anywhere
        )
        {
            Limits = _fixture.Cores(2000),
            HasDeadline = hasDeadline,
        };
        return _fixture.Ask(with: query => query with { Replica = replica, Quotas = quotas });
    }

    private QuotaRule Rule(
        string name,
        long hard,
        bool ofLimits = false,
        bool? bestEffort = null,
        bool? terminating = null
    ) => new("team", name, _fixture.Resources.IdOf(name), ofLimits, hard, bestEffort, terminating);

    [Theory]
    [InlineData("cpu", 12_000, false, 9)]
    [InlineData("cpu", 12_000, true, 5)]
    [InlineData("pods", 5, false, 4)]
    [InlineData("memory", 1, false, 16)]
    [InlineData("cpu", 1000, false, 0)]
    public void The_count_is_bounded_by_what_is_allowed_less_what_others_use(
        string resource,
        long hard,
        bool ofLimits,
        int fits
    )
    {
        _fixture.Node("n1", 16_000);
        _fixture.Node("n2", 3000);
        _fixture.Pod("web", "n2", 3000, with: pod => pod with { Limits = _fixture.Cores(1000) });
        _fixture.Pod("elsewhere", null, 100_000, space: "other");
        var room = Ask(Rule(resource, hard, ofLimits));
        Assert.Equal(fits, room.Numbers.Fits);
        Assert.Equal(fits == 16, room.Numbers.Quota is null);
    }

    [Fact]
    public void Pods_that_wait_use_it_too_and_those_that_are_gone_do_not()
    {
        _fixture.Node("n1", 16_000);
        var room = Ask(Rule("pods", 4));
        Assert.Equal(4, room.Numbers.Fits);
        _fixture.Pod("waits", null, 100_000);
        Assert.Equal(3, room.Numbers.Fits);
        Assert.Equal("ResourceQuota team allows 3 by pods", room.Numbers.Quota);
        _fixture.Gone("waits");
        Assert.Equal(4, room.Numbers.Fits);
    }

    [Fact]
    public void Its_own_pods_keep_what_they_have_and_only_further_ones_are_like_the_largest()
    {
        _fixture.Node("n1", 16_000);
        for (var i = 0; i < 6; i++)
            _fixture.Pod($"m{i}", "n1", 500, "miner");
        _fixture.Pod("large", "n1", 1000, "miner");
        var room = Ask(Rule("cpu", 6000));
        Assert.Equal(7 + 2, room.Numbers.Fits);
        _fixture.Ends("m0");
        // What ends makes room for the next.
        Assert.Equal(6 + 2, room.Numbers.Fits);
    }

    [Fact]
    public void A_quota_for_best_effort_pods_does_not_count_others()
    {
        _fixture.Node("n1", 16_000);
        _fixture.Pod("web", "n1", 1000);
        Assert.Equal(2, Ask(Rule("pods", 3, bestEffort: false)).Numbers.Fits);
        Assert.Equal(15, Ask(Rule("pods", 0, bestEffort: true)).Numbers.Fits);
    }

    [Theory]
    [InlineData(true, true, 3 - 1)]
    [InlineData(true, false, 14)]
    [InlineData(false, true, 14)]
    [InlineData(false, false, 3 - 2)]
    public void A_quota_for_pods_with_or_without_a_deadline_counts_those_alone(bool own, bool terminating, int fits)
    {
        _fixture.Node("n1", 17_000);
        _fixture.Pod("web", "n1", 1000);
        _fixture.Pod("api", "n1", 1000);
        _fixture.Pod("job", "n1", 1000, with: pod => pod with { HasDeadline = true });
        Assert.Equal(fits, Ask(own, Rule("pods", 3, terminating: terminating)).Numbers.Fits);
    }

    [Fact]
    public void A_deadline_that_a_pod_is_given_later_counts_from_then_on()
    {
        _fixture.Node("n1", 16_000);
        var room = Ask(Rule("pods", 4, terminating: false));
        _fixture.Pod("job", "n1", 1000);
        Assert.Equal(3, room.Numbers.Fits);
        _fixture.Pod("job", "n1", 1000, with: pod => pod with { HasDeadline = true });
        Assert.Equal(4, room.Numbers.Fits);
    }

    [Fact]
    public void A_LimitRange_fills_in_what_a_container_leaves_out()
    {
        var range = new LimitRangeItem("range", "Container")
        {
            DefaultRequest = _fixture.Cores(250, ("memory", 64)),
            Default = _fixture.Cores(500).With(_fixture.Resources.Pods, 0),
        };
        var template = new ReplicaTemplate(
            [
                new ContainerRequests(Amounts.None, false, false) { Name = "a" },
                new ContainerRequests(Amounts.None.With(_fixture.Cpu, 1000), false, false)
                {
                    Name = "b",
                    Limits = Amounts.None.With(_fixture.Cpu, 4000),
                },
            ],
            Amounts.None,
            null,
            Amounts.None
        ).With([range]);
        Assert.Equal(1250, template.Requests(_fixture.Resources).Of(_fixture.Cpu));
        Assert.Equal(4500, template.Limits(_fixture.Resources).Of(_fixture.Cpu));
        Assert.Equal(128, template.Requests(_fixture.Resources).Of(_fixture.Resources.IdOf("memory")));
    }

    [Theory]
    [InlineData("Container", 0, 0, 0, 2000, "container c to be limited to at most 2, found no limit")]
    [InlineData("Container", 1000, 4000, 0, 2000, "container c to be limited to at most 2, found a limit of 4")]
    [InlineData("Container", 1000, 2000, 0, 2000, null)]
    [InlineData("Container", 500, 0, 1000, 0, "container c to be at least 1, found a request of 0.5")]
    [InlineData("Pod", 500, 0, 1000, 0, "the pod to be at least 1, found a request of 0.5")]
    [InlineData("PersistentVolumeClaim", 500, 0, 1000, 0, null)]
    public void A_LimitRange_that_would_refuse_the_pod_says_why(
        string type,
        long request,
        long limit,
        long least,
        long most,
        string? why
    )
    {
        var range = new LimitRangeItem("range", type)
        {
            Min = Amounts.None.With(_fixture.Cpu, least),
            Max = Amounts.None.With(_fixture.Cpu, most),
        };
        var container = new ContainerRequests(Amounts.None.With(_fixture.Cpu, request), false, false)
        {
            Name = "c",
            Limits = Amounts.None.With(_fixture.Cpu, limit),
        };
        Assert.Equal(
            why is null ? null : $"LimitRange range: expected cpu of {why}",
            range.Refusal(_fixture.Resources, new ReplicaTemplate([container], Amounts.None, null, Amounts.None))
        );
    }

    [Theory]
    [InlineData(1000, 0, 500, "to be requested within the default limit of 0.5, found a request of 1")]
    [InlineData(500, 0, 500, null)]
    [InlineData(1000, 2000, 500, null)]
    [InlineData(0, 0, 500, null)]
    public void A_default_limit_below_what_is_requested_refuses_the_pod(
        long request,
        long limit,
        long most,
        string? why
    )
    {
        var range = new LimitRangeItem("range", "Container")
        {
            Default = Amounts.None.With(_fixture.Cpu, most),
            DefaultRequest = Amounts.None.With(_fixture.Cpu, most),
        };
        var container = new ContainerRequests(Amounts.None.With(_fixture.Cpu, request), false, false)
        {
            Name = "c",
            Limits = Amounts.None.With(_fixture.Cpu, limit),
        };
        var template = new ReplicaTemplate([container], Amounts.None, null, Amounts.None).With([range]);
        Assert.Equal(
            why is null ? null : $"LimitRange range: expected cpu of container c {why}",
            range.Refusal(_fixture.Resources, template)
        );
        // Who filled in no limit here refuses nothing.
        Assert.Null(
            new LimitRangeItem("other", "Container") { Default = Amounts.None.With(_fixture.Cpu, 250) }.Refusal(
                _fixture.Resources,
                template
            )
        );
    }

    [Theory]
    [InlineData("a", 2)]
    [InlineData("b", 0)]
    public void A_volume_and_the_template_bind_it_together(string zone, int fits)
    {
        for (var i = 0; i < 4; i++)
            _fixture.Node(
                $"n{i}",
                1000,
                node =>
                    node with
                    {
                        Labels = new Dictionary<string, string>
                        {
                            ["zone"] = i < 3 ? "a" : "c",
                            ["disk"] = i > 0 ? "ssd" : "hdd",
                        },
                    }
            );
        NodeTerm Term(string key, string value) => new([new NodeRequirement(key, "In", [value])]);
        var placement = new Placement(new Dictionary<string, string>(), [Term("disk", "ssd")], []).And([
            Term("zone", zone),
            Term("zone", "nowhere"),
        ]);
        Assert.Equal(fits, _fixture.Ask(placement: placement).Numbers.Fits);
    }
}
