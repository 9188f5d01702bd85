using Ebb.Core.Workloads;
using NodaTime;

namespace Ebb.Core.Waves;

/// <summary>
/// Waking waits for the nodes that were ready when the outage began, or, when that is not known, for every node that is
/// not cordoned; but no longer than one wave is waited for, because one broken node must not keep everything asleep.
/// </summary>
internal static class NodeWait
{
    /// <summary>Until when to wait; null: not at all.</summary>
    public static Instant? AwaitedUntil(PlanInput input, OutageProgress progress)
    {
        var deadline = (progress.TurnedAt ?? input.Now) + input.Settings.WaveTimeout;
        return input.Now < deadline && Missing(input, progress).Count > 0 ? deadline : null;
    }

    /// <summary>
    /// The nodes have been waited for as long as they are, and the member misses one of them: its wave does not wait
    /// for them once more.
    /// </summary>
    public static bool HasWaitedFor(PlanInput input, OutageProgress progress, Member member) =>
        member is { IsRestored: true, Workload: { } workload }
        && workload.Unscheduled.Count + workload.Stranded.Count > 0
        && Missing(input, progress).Count > 0;

    /// <summary>The names of those that are missing; empty too when nodes cannot be seen at all.</summary>
    public static IReadOnlyList<string> Missing(PlanInput input, OutageProgress progress)
    {
        if (input.Cluster.Nodes is not { } nodes)
            return [];
        var ready = nodes.Where(n => n.Ready).Select(n => n.Name).ToHashSet(StringComparer.Ordinal);
        var needed = progress.NodesBefore ?? [.. nodes.Where(n => n.Schedulable).Select(n => n.Name)];
        return [.. needed.Where(name => !ready.Contains(name)).Order(StringComparer.Ordinal)];
    }

    /// <summary>Those to remember when an outage begins; null: nodes cannot be seen.</summary>
    public static IReadOnlyList<string>? Ready(ClusterView cluster) =>
        cluster.Nodes is null
            ? null
            : [.. cluster.Nodes.Where(n => n is { Ready: true, Schedulable: true }).Select(n => n.Name)];
}
