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
    /// From when on a wave does not wait for what cannot start: all that is open of it is restored, and nodes are still
    /// missing that were waited for, or no node takes its pods, or the API server refuses them. While nodes are missing
    /// a pod may also hang on one that has its volume, which nothing tells. What else of it can start has some time for
    /// that. Null: it waits as any other.
    /// </summary>
    /// <param name="input">What is known and asked.</param>
    /// <param name="progress">With the present turn in it.</param>
    /// <param name="open">What of the wave is not awake.</param>
    /// <param name="asked">When the last of it was asked.</param>
    public static Instant? GivenUpAt(
        PlanInput input,
        OutageProgress progress,
        IReadOnlyList<Member> open,
        Instant asked
    ) =>
        open.All(m => m.IsRestored == true)
        && (
            Missing(input, progress).Count > 0
            || open.All(m => m.Workload is { Unstartable.Count: > 0 } or { NotCreated: not null })
        )
            ? asked + Others
            : null;

    private static readonly Duration Others = Duration.FromSeconds(30);

    /// <summary>The names of those that are missing; empty too when nodes cannot be seen at all.</summary>
    public static IReadOnlyList<string> Missing(PlanInput input, OutageProgress progress)
    {
        if (input.Cluster.Nodes is not { } nodes)
            return [];
        var ready = nodes.Where(n => n.Ready).Select(n => n.Name).ToHashSet(StringComparer.Ordinal);
        var needed =
            progress.NodesBefore ?? [.. nodes.Where(n => n.Schedulable).Select(n => n.Name).Union(Cordoned(input))];
        return
        [
            .. needed
                // One without power comes with its supply, and what must run on it waits for that.
                .Where(name => !ready.Contains(name) && input.Domains?.Dark.ContainsKey(name) != true)
                .Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>Those that are cordoned because Ebb did it: they were not before.</summary>
    private static IEnumerable<string> Cordoned(PlanInput input) =>
        input
            .Members.Where(m => m is { Type.Method: SleepMethod.Cordon, Scaler.Baseline.Suspended: false })
            .Where(m => !m.IsOrphaned)
            .Select(m => m.Scaler.TargetName!);

    /// <summary>Those to remember when an outage begins; null: nodes cannot be seen.</summary>
    public static IReadOnlyList<string>? Ready(ClusterView cluster) =>
        cluster.Nodes is null
            ? null
            : [.. cluster.Nodes.Where(n => n is { Ready: true, Schedulable: true }).Select(n => n.Name)];
}
