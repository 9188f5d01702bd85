using Ebb.Core.Time.Timetables;
using Ebb.Core.Workloads;
using NodaTime;

namespace Ebb.Core.Tests.Schedules;

/// <summary>What windows save against a workload that always has its usual size.</summary>
public class SavingsSpecs
{
    private static readonly Instant Start = Instant.FromUtc(2026, 1, 15, 0, 0);

    private static TimetableInterval Asks(int from, int to, int? min, int? max) =>
        new(Start + Duration.FromHours(from), Start + Duration.FromHours(to), new ScaleBounds(min, max), "");

    private static readonly TimetableInterval[] Day =
    [
        Asks(0, 8, null, 0),
        Asks(8, 18, 6, null),
        Asks(18, 20, null, 3),
        Asks(20, 24, null, null),
    ];

    [Theory]
    [InlineData(4, true, (8 * 4) - (10 * 2) + (2 * 1))]
    [InlineData(4, false, 8 * 4)]
    [InlineData(0, true, -10 * 6)]
    [InlineData(10, true, (8 * 10) + (2 * 7))]
    public void Each_hour_counts_the_replicas_that_are_not_there_and_those_that_are_more(
        int usual,
        bool sized,
        double hours
    ) => Assert.Equal(new Savings(hours, null, null), Savings.Of(Day, usual, sized));

    [Fact]
    public void A_sum_tells_how_many_are_not_in_it()
    {
        var (both, cores) = (Savings.Of(Day, 4, false, new(0.5, 1)), Savings.Of(Day, 4, false, new(0.5, null)));
        var sum = SavingsTotal.Sum([both, null, cores, Savings.Of(Day, 4, false), null]);
        Assert.Equal(new SavingsTotal(new Savings(96, 32, 32), 5, 2, 3, 4), sum);
        Assert.Null(SavingsTotal.Sum([null]));
    }

    [Fact]
    public void Cores_and_memory_are_added_up_where_they_are_known()
    {
        var known = Savings.Of(Day, 4, false, new ReplicaRequests(0.5, null));
        Assert.Equal(new Savings(32, 16, null), known);
        var other = Savings.Of(Day, 1, false, new ReplicaRequests(null, 2));
        Assert.Equal(new Savings(40, 16, 16), SavingsTotal.Sum([known, other])?.Known);
        Assert.Null(SavingsTotal.Sum([]));
    }
}
