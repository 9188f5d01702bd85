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
}

/// <summary>What windows save of several workloads: the sum of those of which it is known.</summary>
/// <param name="Known">Of these.</param>
/// <param name="Of">How many workloads there are.</param>
/// <param name="Unsized">Of how many of them the replica-hours are not known, and so nothing.</param>
/// <param name="WithoutCores">Of how many of them the core-hours are not known.</param>
/// <param name="WithoutMemory">Of how many of them the GiB-hours are not known.</param>
public sealed record SavingsTotal(Savings Known, int Of, int Unsized, int WithoutCores, int WithoutMemory)
{
    /// <summary>Of all of them together. Null: it is known of none.</summary>
    /// <param name="all">Each workload; null where it is not known.</param>
    public static SavingsTotal? Sum(IEnumerable<Savings?> all)
    {
        ArgumentNullException.ThrowIfNull(all);
        Savings? sum = null;
        var (of, unsized, withoutCores, withoutMemory) = (0, 0, 0, 0);
        foreach (var one in all)
        {
            of++;
            unsized += one is null ? 1 : 0;
            withoutCores += one?.CoreHours is null ? 1 : 0;
            withoutMemory += one?.GibHours is null ? 1 : 0;
            if (one is not null)
                sum = sum is null
                    ? one
                    : new Savings(
                        sum.ReplicaHours + one.ReplicaHours,
                        Plus(sum.CoreHours, one.CoreHours),
                        Plus(sum.GibHours, one.GibHours)
                    );
        }

        return sum is null ? null : new SavingsTotal(sum, of, unsized, withoutCores, withoutMemory);
    }

    private static double? Plus(double? one, double? other) => one is null ? other : one + (other ?? 0);
}
