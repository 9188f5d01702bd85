using NodaTime;

namespace Ebb.Core.Outages;

/// <summary>What the return of one outage has shown of the pace.</summary>
/// <param name="Outage">Its id.</param>
/// <param name="Most">The most workloads that were starting at one time.</param>
/// <param name="Slowness">In which way it was slow, as a clause; null: it was not.</param>
public sealed record ObservedReturn(string Outage, int Most, string? Slowness)
{
    /// <summary>Power is polled every few seconds: less than this may lie between two looks.</summary>
    private static readonly Duration BetweenLooks = Duration.FromSeconds(5);

    /// <summary>Up to one in so many may be late for a reason of its own, whatever the pace.</summary>
    private const int Few = 4;

    /// <param name="outage">Its id.</param>
    /// <param name="starts">All of its return.</param>
    /// <param name="inTime">The starts of all returns that were in time, by workload.</param>
    internal static ObservedReturn Of(
        string outage,
        IReadOnlyList<WorkloadStart> starts,
        IReadOnlyDictionary<string, List<WorkloadStart>> inTime
    )
    {
        var late = starts.Count(start => !start.InTime);
        List<(Duration Took, Duration Least)> compared =
        [
            // One that was seen once has nothing to be compared with.
            .. starts
                .Where(start => start.InTime && inTime[start.Workload].Count > 1)
                .Select(start => (start.Took, inTime[start.Workload].Min(other => other.Took))),
        ];
        // More than half of them is the same as their median.
        var slow = compared.Count(one => one.Took > one.Least * 2 && one.Took - one.Least > BetweenLooks);
        return new ObservedReturn(
            outage,
            WorkloadStart.MostAtOnce(starts),
            late * Few > starts.Count ? $"{late} of {starts.Count} were not ready in time"
                : slow * 2 > compared.Count ? $"{slow} of {compared.Count} took more than twice their least time"
                : null
        );
    }
}
