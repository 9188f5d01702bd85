using Ebb.Core.Waves;
using Ebb.Core.Workloads;
using NodaTime;

namespace Ebb.Core.Outages;

/// <summary>One workload of a return that started pods.</summary>
/// <param name="Workload">Kind, namespace and name.</param>
/// <param name="From">When it was seen on its way up.</param>
/// <param name="To">When it was ready, or was waited for no longer.</param>
/// <param name="InTime">It was ready within its wait.</param>
internal sealed record WorkloadStart(string Workload, Instant From, Instant To, bool InTime)
{
    public Duration Took => To - From;

    /// <summary>Of all that were ready before the next outage, or had been waited for long enough.</summary>
    public static IReadOnlyList<WorkloadStart> All(OutageReport outage) =>
        [.. outage.Workloads.Select(workload => Of(outage, workload)).OfType<WorkloadStart>()];

    /// <summary>How many were starting at the same time, at most.</summary>
    public static int MostAtOnce(IEnumerable<WorkloadStart> starts)
    {
        var (now, most) = (0, 0);
        // Who is ready gives its place to the next in the same turn.
        foreach (
            var (_, change) in starts
                .SelectMany(start => new[] { (At: start.From, Change: 1), (At: start.To, Change: -1) })
                .OrderBy(one => one.At)
                .ThenBy(one => one.Change)
        )
            most = Math.Max(most, now += change);
        return most;
    }

    private static WorkloadStart? Of(OutageReport outage, WorkloadReport workload)
    {
        if (
            workload is not { Baseline: > 0, UpAt: { } from }
            || (workload.OverdueAt ?? workload.AwakeAt) is not { } to
            // It lacked something else than room, or nobody noted that it was overdue.
            || workload is { Late: true, OverdueAt: null }
            || !WakePace.StartsPods(WorkloadType.Named(workload.Name.Split(' ')[0]))
            || !outage.IsUnbroken(Direction.Up, from, to)
        )
            return null;
        return new WorkloadStart(workload.Name, from, to, workload.OverdueAt is null);
    }
}
