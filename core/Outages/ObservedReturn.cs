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

    /// <param name="outage">Its id.</param>
    /// <param name="starts">All of its return.</param>
    /// <param name="least">The least time that each workload ever took, of those that can be compared.</param>
    internal static ObservedReturn Of(
        string outage,
        IReadOnlyList<WorkloadStart> starts,
        IReadOnlyDictionary<string, Duration> least
    )
    {
        var overdue = starts.Count(start => !start.InTime);
        List<(Duration Took, Duration Least)> compared =
        [
            .. starts
                .Where(start => start.InTime && least.ContainsKey(start.Workload))
                .Select(start => (start.Took, least[start.Workload])),
        ];
        // More than half of them is the same as their median.
        var slow = compared.Count(one => one.Took > one.Least * 2 && one.Took - one.Least > BetweenLooks);
        return new ObservedReturn(
            outage,
            WorkloadStart.MostAtOnce(starts),
            overdue > 0 ? $"{overdue} of {starts.Count} were not ready in time"
                : slow * 2 > compared.Count ? $"{slow} of {compared.Count} took more than twice their least time"
                : null
        );
    }
}
