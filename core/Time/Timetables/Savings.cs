using Ebb.Core.Workloads;

namespace Ebb.Core.Time.Timetables;

/// <summary>What windows save against a workload that always has its usual size; below 0 they cost that.</summary>
/// <param name="ReplicaHours">Replicas times hours.</param>
/// <param name="CoreHours">The same times the cores that a replica requests; null: not known.</param>
/// <param name="GibHours">The same for memory.</param>
public sealed record Savings(double ReplicaHours, double? CoreHours, double? GibHours)
{
    /// <summary>Of one workload.</summary>
    /// <param name="intervals">What is asked of it, and when.</param>
    /// <param name="usual">The replicas that it has when nothing is asked.</param>
    /// <param name="sized">Its size is what is asked; false: an autoscaler sizes it, and only that it is empty is
    /// known.</param>
    /// <param name="requests">What a replica requests; null: not known.</param>
    public static Savings Of(
        IEnumerable<TimetableInterval> intervals,
        int usual,
        bool sized,
        ReplicaRequests? requests = null
    )
    {
        ArgumentNullException.ThrowIfNull(intervals);
        var hours = intervals
            .Where(one => sized || one.Bounds.AsksZero)
            .Sum(one => (usual - one.Bounds.Of(usual)) * (one.To - one.From).TotalHours);
        return new Savings(hours, hours * requests?.Cores, hours * requests?.Gibibytes);
    }

    /// <summary>Of all of them together; what is known of some is the sum of those. Null: of none.</summary>
    public static Savings? Sum(IEnumerable<Savings> all)
    {
        ArgumentNullException.ThrowIfNull(all);
        Savings? sum = null;
        foreach (var one in all)
            sum = sum is null
                ? one
                : new Savings(
                    sum.ReplicaHours + one.ReplicaHours,
                    Plus(sum.CoreHours, one.CoreHours),
                    Plus(sum.GibHours, one.GibHours)
                );
        return sum;
    }

    private static double? Plus(double? one, double? other) => one is null ? other : one + (other ?? 0);
}
