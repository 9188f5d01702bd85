using Ebb.Core.Workloads;

namespace Ebb.Core.Time.Sizing;

/// <summary>
/// A workload that is asleep or not, such as a CronJob: in a window with maxReplicas 0 it sleeps, in the way in which
/// power puts it to sleep; at all other times it is what it was.
/// </summary>
internal static class SleepDecision
{
    /// <summary>Whether it is sized by replicas; of what is not known by name, as soon as it was read.</summary>
    public static bool HasSize(WorkloadType type, WorkloadLookup sleeper) =>
        type.Method == SleepMethod.Scale && sleeper is WorkloadLookup.Found { Workload.Declared: null };

    public static SizingPlan Decide(TargetInput input, WorkloadType type, WorkloadLookup sleeper)
    {
        if (sleeper is WorkloadLookup.Unknown unknown)
            return SizingPlan.Of(new ObjectLookup.Unknown(unknown.Why, unknown.IsLasting));
        if (sleeper is WorkloadLookup.Absent absent)
            return input.Stored is null ? SizingPlan.Cannot($"{absent.What} does not exist") : Released(input);
        var workload = ((WorkloadLookup.Found)sleeper).Workload;
        if (workload.Deleting)
            return SizingPlan.Settled;
        var kept = input.Stored is { } stored && (stored.Before.Uid ?? workload.Uid) == workload.Uid ? stored : null;
        // Of an earlier object of this name.
        if (kept is null && input.Stored is not null)
            return Released(input);
        var sleep = SleepStrategies.Of(type.Method, workload);
        return input.Bounds.AsksZero ? Asleep(input, workload, sleep, kept) : AsItWas(input, workload, sleep, kept);
    }

    private static SizingPlan Asleep(
        TargetInput input,
        WorkloadView workload,
        ISleepStrategy sleep,
        StoredBaseline? kept
    )
    {
        if (sleep.Refusal(workload) is { } refusal)
            return SizingPlan.Cannot($"{workload.Ref}: {refusal}");
        if (kept is { IsDeleted: true })
            return SizingPlan.Next(new ScheduleWrite.Keep(input.Ref, kept.Before, kept.Notes, kept));
        if (kept is null)
            return (input.AsleepFrom ?? sleep.Capture(workload, input.Now)) is { } before
                ? SizingPlan.Next(new ScheduleWrite.Keep(input.Ref, before, BaselineNotes.None, null))
                : SizingPlan.Settled with
                {
                    Waits = true,
                };
        // Power lets go of it as it is then, and it stays asleep.
        if (input.AsleepFrom is not null)
            return SizingPlan.Settled with
            {
                WakesTo = new WakingSize(
                    new WorkloadName(workload.Ref.Kind, input.Namespace, input.Target.Name),
                    0,
                    input.State.Cause
                ),
            };
        return Next(sleep.ToSleep(workload), "asleep") ?? SizingPlan.Settled;
    }

    private static SizingPlan AsItWas(
        TargetInput input,
        WorkloadView workload,
        ISleepStrategy sleep,
        StoredBaseline? kept
    )
    {
        var hint =
            input.Bounds.Min > 1 || input.Bounds.Max > 1
                ? $"{workload.Ref} has no replicas: with maxReplicas 0 it is asleep, else it is left as it is"
                : null;
        // What power has in hand is given back by power first.
        var plan =
            kept is null || input.AsleepFrom is not null
                ? SizingPlan.Settled
                : Next(sleep.ToWake(workload, kept.Before), "as it was") ?? Released(input);
        return plan with { Hint = hint };
    }

    private static SizingPlan Released(TargetInput input) => new(WorkloadDecision.Steps(BaselineWrites.Release(input)));

    private static SizingPlan? Next(IReadOnlyList<Write> writes, string what) =>
        writes is [var first, ..] ? SizingPlan.Next(new ScheduleWrite.Change(first, what) { Statement = what }) : null;
}
