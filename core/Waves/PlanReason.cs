using Ebb.Core.Power;
using Ebb.Core.Workloads;

namespace Ebb.Core.Waves;

/// <summary>The sentence that says why a plan is what it is, and what stands against it.</summary>
internal static class PlanReason
{
    /// <summary>Why it is in this phase.</summary>
    public static string Of(PlanInput input, Orders orders, Phase phase, string reason, OutageProgress progress)
    {
        if (!input.Cluster.Synced)
            return string.Join("; ", input.Cluster.Troubles.Take(3).Prepend("the cluster has not been read whole yet"));
        if (orders.Hold is { } hold)
            return $"held: {hold.Reason}";
        return phase == Phase.WaitingForMains && NodeWait.Missing(input, progress) is { Count: > 0 } missing
            ? $"{reason}; waiting for nodes {string.Join(", ", missing.Take(5))}"
                + (missing.Count > 5 ? $" and {missing.Count - 5} more" : "")
            : reason;
    }

    /// <summary>What holds the waves, what the cluster refuses and what somebody undoes; empty: nothing.</summary>
    public static string Against(IReadOnlyList<WorkloadState> workloads, Direction direction) =>
        Listed(
            "waves wait for what is required and failed",
            workloads
                .Where(w => w.Member is { Scaler.Baseline: not null, Workload.Hook.Holds: true })
                .Where(w => w.Member.Workload!.Hook!.Run!.Down == (direction == Direction.Down))
                .Where(_ => direction != Direction.None)
                .Select(w => $"{w.Member}")
        )
        + Listed(
            "refused by the cluster",
            workloads.Where(w => w is { Phase: WorkloadPhase.Refused, Failure: not null }).Select(w => $"{w.Member}")
        )
        + Listed(
            "pods refused",
            workloads
                .Where(w => w is { Phase: WorkloadPhase.Waking, Member.Workload.NotCreated: not null })
                .Select(w => $"{w.Member}")
        )
        + Listed(
            "undone by others",
            workloads.Where(w => w.ChangedBy is not null).Select(w => $"{w.Member} ({w.ChangedBy})")
        );

    /// <summary>Nodes without power while the whole has it, and what is left running; empty: there are none.</summary>
    public static string WithoutPower(PlanInput input, string told, IReadOnlyList<WorkloadState> workloads) =>
        input.Domains is not { Dark.Count: > 0 } domains
            ? ""
            : $"; nodes without power: {PowerDomains.Listed([.. domains.Dark.Keys.Order(StringComparer.Ordinal)])}"
                + (
                    told.Contains(domains.Failing!.Verdict.Reason, StringComparison.Ordinal)
                        ? ""
                        : $" ({domains.Failing.Verdict.Reason})"
                )
                + Listed(
                    "left running",
                    workloads
                        .Where(w => w is { Phase: WorkloadPhase.Awake, Member.Scaler.Baseline: null })
                        .Where(w => domains.LeftRunning(w.Member) is not null)
                        .Select(w => $"{w.Member}")
                );

    private static string Listed(string what, IEnumerable<string> members)
    {
        const int most = 3;
        var all = members.ToList();
        return all.Count == 0
            ? ""
            : $"; {what}: {string.Join(", ", all.Take(most))}"
                + (all.Count > most ? $" and {all.Count - most} more" : "");
    }
}
