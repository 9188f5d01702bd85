using Ebb.Core.Outages;
using Ebb.Core.Power;
using Ebb.Core.Waves;
using Ebb.Core.Workloads;

namespace Ebb.Core.Tests.Planning;

/// <summary>How many workloads start at once when nobody has set it: what the returns before have shown.</summary>
public sealed class LearnedPaceSpecs
{
    [Theory]
    [InlineData(1, 10)]
    [InlineData(3, 30)]
    // What starts then waits for a node anyway.
    [InlineData(0, 10)]
    public void Without_a_return_on_record_ten_for_each_ready_node(int nodes, int most) =>
        Assert.Equal(most, LearnedPace.Nothing.Limit(new PowerSettings(), Cluster(nodes)).Most);

    [Fact]
    public void A_node_that_is_cordoned_or_not_ready_does_not_count() =>
        Assert.Equal(
            10,
            LearnedPace
                .Nothing.Limit(
                    new PowerSettings(),
                    Cluster(1, new NodeView("off", false, true), new NodeView("cordoned", true, false))
                )
                .Most
        );

    [Fact]
    public void Nodes_that_cannot_be_read_limit_nothing() =>
        Assert.Equal(
            (null, "the nodes cannot be read"),
            Limit([Return(1, 40, 5)], nodes: null) is var limit ? (limit.Most, limit.Because) : default
        );

    [Theory]
    [InlineData(0, null, "Power__WakeAtOnce is 0")]
    [InlineData(4, 4, "Power__WakeAtOnce")]
    public void What_is_set_counts_whatever_was_learned(int set, int? most, string because) =>
        Assert.Equal(
            new WakeLimit(most, because),
            LearnedPace.Of([Return(1, 40, 5)]).Limit(new PowerSettings { WakeAtOnce = set }, Cluster(1))
        );

    [Fact]
    public void Where_most_took_more_than_twice_their_least_time_half_as_many_start_next_time()
    {
        var limit = Limit([Return(1, 8, 10), Return(2, 8, 21)]);
        Assert.Equal(4, limit.Most);
        Assert.EndsWith("8 of 8 took more than twice their least time", limit.Because);
        // The least may be seen later, too.
        Assert.Equal(4, Limit([Return(1, 8, 21), Return(2, 3, 10), Return(3, 3, 10)]).Most);
    }

    /// <param name="first">Seconds that each took in one return.</param>
    /// <param name="second">And in the next.</param>
    /// <param name="slower">How many of four took that long; the others took as long as before.</param>
    [Theory]
    [InlineData(10, 20, 4)]
    [InlineData(10, 60, 2)]
    // Nothing but when somebody looked.
    [InlineData(1, 6, 4)]
    public void Less_than_that_is_not_slow(double first, double second, int slower) =>
        Assert.Equal(
            10,
            Limit([
                Return(1, 4, first),
                Return(2, 4, first) with
                {
                    Workloads = [.. Enumerable.Range(0, 4).Select(i => Woken($"w{i}", 0, i < slower ? second : first))],
                },
            ]).Most
        );

    /// <summary>A few that are late, the same or others each time, have a reason of their own.</summary>
    [Theory]
    [InlineData(2, 10)]
    [InlineData(3, 4)]
    public void Where_more_than_a_quarter_was_not_ready_in_time_half_as_many_start_next_time(int late, int most) =>
        Assert.Equal(most, Limit([Return(1, 8, 10, overdue: late)]).Most);

    [Fact]
    public void It_says_in_which_return_that_was() =>
        Assert.Equal(
            "learned: in the return of outage 20260101T000001Z, with 9 starting at once, 4 of 9 were not ready in time",
            Limit([Return(1, 9, 10, overdue: 4)]).Because
        );

    /// <summary>
    /// Such as a wave whose images come from a registry that wakes in the next one: to start fewer of it does not help.
    /// </summary>
    [Fact]
    public void Where_half_as_many_three_times_over_were_as_slow_it_is_what_it_was_before()
    {
        List<OutageReport> kept = [Return(1, 40, 10)];
        List<int?> limits = [Limit([.. kept]).Most];
        foreach (var number in Enumerable.Range(2, 5))
        {
            kept.Add(Return(number, limits[^1]!.Value, 10, overdue: limits[^1]!.Value));
            limits.Add(Limit([.. kept]).Most);
        }
        Assert.Equal([20, 10, 5, 2, 20, 20], limits);
        Assert.Equal(
            "learned: more than 3 returns in a row were slow, so what was before them holds again",
            Limit([.. kept]).Because
        );
        // One that is not slow begins anew.
        kept.AddRange([Return(8, 20, 10), Return(9, 40, 10, overdue: 40)]);
        Assert.Equal(20, Limit([.. kept]).Most);
    }

    /// <summary>It lacked a node, or its report is of before overdue was noted.</summary>
    [Fact]
    public void What_was_late_and_not_overdue_says_nothing()
    {
        var late = Enumerable.Range(0, 8).Select(i => Woken($"w{i}", 0, 900) with { Late = true });
        Assert.Equal(10, Limit([Return(1, 8, 10), Return(2, 0, 0) with { Workloads = [.. late] }]).Most);
        Assert.Equal(
            10,
            Limit([
                Return(1, 0, 0) with
                {
                    Workloads = [.. late, .. late.Select(w => w with { Name = w.Name + "b" })],
                },
            ]).Most
        );
    }

    [Fact]
    public void At_least_one_for_each_ready_node_may_start() =>
        Assert.Equal(3, Limit([Return(1, 2, 10, overdue: 2)], nodes: 3).Most);

    [Fact]
    public void A_return_that_reached_the_limit_and_was_not_slow_doubles_it() =>
        Assert.Equal(20, Limit([Return(1, 10, 10)]).Most);

    [Fact]
    public void One_that_stayed_below_it_changes_nothing() => Assert.Equal(10, Limit([Return(1, 9, 10)]).Most);

    [Fact]
    public void A_workload_that_was_seen_once_has_nothing_to_be_compared_with() =>
        Assert.Equal(10, Limit([Return(1, 8, 1), Return(2, 8, 200, name: "other")]).Most);

    [Fact]
    public void What_starts_no_pods_is_not_counted() =>
        Assert.Equal(
            10,
            Limit([
                Return(1, 0, 10) with
                {
                    Workloads =
                    [
                        .. Enumerable.Range(0, 20).Select(i => Woken($"j{i}", 0, 10) with { Name = $"cronjob a/{i}" }),
                        .. Enumerable.Range(0, 20).Select(i => Woken($"h{i}", 0, 10) with { Name = $"hook a/{i}" }),
                        .. Enumerable.Range(0, 20).Select(i => Woken($"e{i}", 0, 10) with { Baseline = 0 }),
                    ],
                },
            ]).Most
        );

    [Fact]
    public void Who_is_ready_as_the_next_starts_was_not_starting_beside_it() =>
        Assert.Equal(
            1,
            Assert
                .Single(
                    LearnedPace
                        .Of([
                            Return(1, 0, 0) with
                            {
                                Workloads = [Woken("a", 0, 10), Woken("b", 10, 10), Woken("c", 20, 10)],
                            },
                        ])
                        .Returns
                )
                .Most
        );

    [Fact]
    public void Of_a_return_that_was_cut_short_only_those_count_that_were_ready_before()
    {
        // Down again at 100 s: 6 were ready by then, 6 were not and took till the second return.
        var cut = Return(1, 6, 10) with
        {
            Waves = [new(Direction.Up, 1, At.Zero, null), new(Direction.Down, 1, At.Second(100), null)],
        };
        cut = cut with
        {
            Workloads =
            [
                .. cut.Workloads,
                .. Enumerable.Range(0, 6).Select(i => Woken($"late{i}", 20, 900) with { OverdueAt = At.Second(320) }),
            ],
        };
        Assert.Equal(new ObservedReturn(cut.Id, 6, null), Assert.Single(LearnedPace.Of([cut]).Returns));
        Assert.Null(DurationHistory.Nothing.After(cut).Wake("deployment shop/late0"));
    }

    [Fact]
    public void An_outage_that_goes_on_has_shown_nothing_yet() =>
        Assert.Empty(LearnedPace.Of([Return(1, 8, 10) with { Ended = null }]).Returns);

    [Fact]
    public void Fifty_outages_in_any_order_give_the_same_limit()
    {
        // Each that reaches the limit doubles it, until one is slow and leaves half of what it had.
        var kept = Enumerable.Range(1, 49).Select(n => Return(n, 100, 10)).Append(Return(50, 100, 30)).ToList();
        Assert.Equal(50, Limit(kept).Most);
        Assert.Equal(Limit(kept), Limit([.. Enumerable.Reverse(kept)]));
        Assert.Equal(160, Limit([.. kept.Take(49)]).Most);
    }

    [Fact]
    public void A_return_that_reached_what_is_learned_starts_more_at_once_the_next_time()
    {
        var cluster = new FakeCluster { Nodes = [new NodeView("n1", true, true)] };
        for (var i = 0; i < 30; i++)
            cluster.With($"w{i:00}", 1, 1);
        List<int> peaks = [];
        var told = "";
        for (var outage = 0; outage < 2; outage++)
        {
            var peak = 0;
            cluster.Run(20, "OL").Run(60, "OB");
            cluster.Run(
                200,
                "OL",
                each: _ =>
                {
                    peak = Math.Max(
                        peak,
                        cluster.Workloads.Count(w => w.Replicas > 0 && cluster.BaselineOf(w.Name) is not null)
                    );
                    if (cluster.BaselineOf("w29") is not null && cluster.ReplicasOf("w00") > 0)
                        told += cluster.StateOf("w29").Reason;
                }
            );
            Assert.Equal(Phase.Normal, cluster.Plan.Phase);
            Assert.DoesNotContain(cluster.Report!.Workloads, w => w.Late);
            cluster.Kept.Add(cluster.Report);
            peaks.Add(peak);
        }
        Assert.Equal([10, 20], peaks);
        Assert.Contains(
            "waits for its turn to start, at most 10 start at once (10 for each ready node until a return has shown "
                + "otherwise); ups: on mains",
            told
        );
    }

    [Fact]
    public void What_is_not_ready_in_time_is_recorded_with_when_that_was()
    {
        var settings = new PowerSettings { WaveTimeout = Duration.FromSeconds(30) };
        var cluster = new FakeCluster(settings).With("slow", 1, 1, start: 50).With("fast", 1, 1);
        cluster.Run(20, "OL").Run(60, "OB").Run(200, "OL");
        var slow = cluster.Report!.Workloads.Single(w => w.Name.EndsWith("slow", StringComparison.Ordinal));
        Assert.Equal(Duration.FromSeconds(30), slow.OverdueAt - slow.UpAt);
        Assert.Single(cluster.Report.Workloads, w => w.OverdueAt is not null);
    }

    private static WakeLimit Limit(IReadOnlyList<OutageReport> kept, int? nodes = 1) =>
        LearnedPace.Of(kept).Limit(new PowerSettings(), nodes is { } count ? Cluster(count) : Cluster(null));

    private static ClusterView Cluster(int? nodes, params NodeView[] others) =>
        new(
            true,
            At.Zero,
            true,
            [],
            nodes is { } count
                ? [.. Enumerable.Range(0, count).Select(i => new NodeView($"n{i}", true, true)), .. others]
                : null,
            [],
            []
        );

    /// <summary>All of them woken at once; so many of them were not ready in time.</summary>
    private static OutageReport Return(int number, int count, double seconds, int overdue = 0, string name = "w") =>
        new()
        {
            Id = $"20260101T{number:000000}Z",
            Began = At.Zero,
            Ended = At.Second(3600),
            Cause = "on battery",
            Workloads =
            [
                .. Enumerable
                    .Range(0, count)
                    .Select(i =>
                        Woken($"{name}{i}", 0, seconds) with
                        {
                            OverdueAt = i < overdue ? At.Second(seconds) : null,
                            AwakeAt = i < overdue ? null : At.Second(seconds),
                        }
                    ),
            ],
        };

    private static WorkloadReport Woken(string name, double from, double seconds) =>
        new($"deployment shop/{name}", 3, null, null, At.Second(from), At.Second(from + seconds));
}
