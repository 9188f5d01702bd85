using Ebb.Core.Workloads;

namespace Ebb.Core.Time.Sizing;

/// <summary>The writes that store what an object was, and those that remove it again: one step at a time.</summary>
internal static class BaselineWrites
{
    /// <summary>The next step until it is kept; null: it is.</summary>
    public static ScheduleWrite? Keep(TargetInput input, ObjectView of, ScheduleBaseline kept)
    {
        if (input.Stored is not { } stored)
            return ScheduleWrite.Keep.Of(of.Ref, kept, null);
        var known = ScheduleBaseline.Of(stored);
        // Of an earlier object of this name: what was emptied through that is filled first.
        if (known.Uid.Length > 0 && known.Uid != kept.Uid)
            return Fill(input) ?? Release(input);
        return known == kept && !stored.IsDeleted ? null : ScheduleWrite.Keep.Of(of.Ref, kept, stored);
    }

    /// <summary>The next step until nothing is kept any more; null: nothing is.</summary>
    public static ScheduleWrite? Release(TargetInput input) =>
        input.Stored is { } stored ? new ScheduleWrite.Release(input.Ref, stored.Key) : null;

    /// <summary>What is kept is needed: created again when somebody deleted it. Null: it is there.</summary>
    public static ScheduleWrite? Repair(TargetInput input) =>
        input.Stored is { IsDeleted: true } stored
            ? new ScheduleWrite.Keep(input.Ref, stored.Before, stored.Notes, stored)
            : null;

    /// <summary>
    /// When the object that was sized is gone: a workload that was emptied through it is filled again, by power when
    /// that has it asleep; then nothing is kept any more.
    /// </summary>
    public static SizingPlan Gone(TargetInput input, string what)
    {
        if (input.Stored is null)
            return SizingPlan.Cannot(what);
        if (input.EmptiedFrom is > 0 and var replicas)
        {
            if (input.Workload is ObjectLookup.Unknown unknown)
                return SizingPlan.Of(unknown);
            if (input is { Asleep: not null, Workload.It: { Deleting: false } asleep })
                return new SizingPlan(
                    [],
                    null,
                    null,
                    new WakingSize(WorkloadDecision.NameOf(asleep), replicas, "what scaled it is gone")
                );
        }
        return new SizingPlan(WorkloadDecision.Steps(Fill(input) ?? Release(input)));
    }

    private static ScheduleWrite.Change? Fill(TargetInput input) =>
        input is { EmptiedFrom: > 0 and var size, Asleep: null, Workload.It: { Deleting: false, Replicas: 0 } empty }
            ? WorkloadDecision.Scale(empty, size)
            : null;
}
