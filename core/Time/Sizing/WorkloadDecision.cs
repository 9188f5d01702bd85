using System.Globalization;
using Ebb.Core.Workloads;

namespace Ebb.Core.Time.Sizing;

/// <summary>
/// A workload with a size, sized by schedules alone: in a window, what it was brought within min and max; outside,
/// what it was. One that an autoscaler scales is only ever emptied and filled again here: its bounds are that one's,
/// and one workload has one writer.
/// </summary>
internal static class WorkloadDecision
{
    public static SizingPlan Decide(TargetInput input)
    {
        if (input.Sized is ObjectLookup.Unknown unknown)
            return SizingPlan.Of(unknown);
        if (input.Sized.It is not { } workload)
            return BaselineWrites.Gone(input, ((ObjectLookup.Absent)input.Sized).What);
        if (workload.Deleting || workload.Replicas is not { } current)
            return SizingPlan.Settled;
        var (bounds, kept) = (input.Bounds, input.Kept(workload.Uid));
        var natural = kept?.Replicas ?? input.Asleep ?? current;
        if (bounds.AsksZero && Refusal(workload) is { } refusal)
            return SizingPlan.Cannot(refusal);
        var governed = input.Governor is not null;
        var size =
            governed && !bounds.AsksZero
                ? kept is not null && current == 0
                    ? natural
                    : current
                : bounds.Of(natural);
        var trouble =
            governed && bounds.AsksSize && !bounds.AsksZero
                ? $"{input.Governor} scales {workload.Ref}: name that in spec.scaleTargetRef, or ask for 0"
                : null;
        if (input.Asleep is not null)
        {
            size = governed && !bounds.AsksZero ? natural : size;
            var waking =
                bounds.AsksSize || kept is not null ? new WakingSize(NameOf(workload), size, input.State.Cause) : null;
            var keep =
                kept is null && size != natural
                    ? BaselineWrites.Keep(input, workload, new ScheduleBaseline(workload.Uid, input.Now, natural))
                    : null;
            // It is woken to another size once what was before is stored, or that would be lost.
            return new SizingPlan(Steps(keep), trouble, null, keep is null ? waking : null);
        }

        if (size != current)
            return new SizingPlan(
                [
                    BaselineWrites.Keep(input, workload, kept ?? new ScheduleBaseline(workload.Uid, input.Now, current))
                        ?? Scale(workload, size),
                ],
                trouble
            );
        var needed = kept is not null && input.SchedulesAsk && trouble is null;
        return new SizingPlan(Steps(needed ? BaselineWrites.Repair(input) : BaselineWrites.Release(input)), trouble);
    }

    /// <summary>Why it must not be scaled to 0; null: it may.</summary>
    public static string? Refusal(ObjectView workload) =>
        workload.DeletesClaimsWhenScaled
            ? $"{workload.Ref}: its persistentVolumeClaimRetentionPolicy.whenScaled is Delete: "
                + "scaling it to 0 would delete its data"
            : null;

    public static ScheduleWrite.Change Scale(ObjectView workload, int replicas) =>
        new(
            new Write.Scale(workload.Ref, workload.Uid, workload.ResourceVersion, replicas),
            string.Create(CultureInfo.InvariantCulture, $"replicas {replicas}")
        )
        {
            Statement = string.Create(CultureInfo.InvariantCulture, $"replicas {replicas}"),
        };

    public static WorkloadName NameOf(ObjectView workload) =>
        new(workload.Ref.Kind, workload.Ref.Namespace, workload.Ref.Name);

    public static IReadOnlyList<ScheduleWrite> Steps(ScheduleWrite? step) => step is null ? [] : [step];
}
