using System.Globalization;
using System.Text.Json.Nodes;

namespace Ebb.Core.Schedules;

/// <summary>
/// A Deployment or StatefulSet sized by the clock alone: in a window, what it was brought within min and max; outside, what it was.
/// One that an autoscaler scales is only ever emptied and filled again here: its bounds are that one's, and one workload has one writer.
/// </summary>
internal static class WorkloadDecision
{
    public static SizingPlan Decide(TargetInput situation)
    {
        if (situation.Sized is ObjectLookup.Unknown unknown)
            return SizingPlan.Of(unknown);
        if (situation.Sized.It is not { } workload)
            return BaselineWrites.Tidy(situation, needed: false) is { } drop
                ? SizingPlan.Next(drop)
                : SizingPlan.Cannot(((ObjectLookup.Absent)situation.Sized).What);
        if (workload.Deleting || workload.Replicas is not { } current)
            return SizingPlan.Settled;
        var (knobs, kept) = (situation.Bounds, situation.Kept(workload.Uid));
        var natural = kept?.Replicas ?? situation.Asleep ?? current;
        if (knobs.AsksZero && Refusal(workload) is { } refusal)
            return SizingPlan.Cannot(refusal);
        var governed = situation.Governor is not null;
        var size =
            governed && !knobs.AsksZero
                ? kept is not null && current == 0
                    ? natural
                    : current
                : knobs.Of(natural);
        var trouble =
            governed && knobs.AsksSize && !knobs.AsksZero
                ? $"{situation.Governor} scales {workload.Ref}: name that in spec.scaleTargetRef, or ask for 0"
                : null;
        if (situation.Asleep is not null)
        {
            size = governed && !knobs.AsksZero ? natural : size;
            var waking =
                knobs.AsksSize || kept is not null
                    ? new WakingSize(NameOf(workload), size, situation.State.Cause)
                    : null;
            var keep =
                kept is null && size != natural
                    ? BaselineWrites.Keep(situation, new ScheduleBaseline(workload.Uid, situation.Now, natural))
                    : null;
            return new SizingPlan(keep is null ? [] : [keep], trouble, null, waking);
        }

        if (size != current)
            return new SizingPlan(
                [
                    BaselineWrites.Keep(situation, kept ?? new ScheduleBaseline(workload.Uid, situation.Now, current))
                        ?? Scale(workload, size),
                ],
                trouble
            );
        var needed = kept is not null && situation.SchedulesAsk && trouble is null;
        return new SizingPlan(
            Steps(
                needed
                    ? BaselineWrites.Keep(situation, kept!) ?? BaselineWrites.Tidy(situation, true)
                    : BaselineWrites.Tidy(situation, false)
            ),
            trouble
        );
    }

    /// <summary>Why it must not be scaled to 0; null: it may.</summary>
    public static string? Refusal(ObjectView workload) =>
        workload.DeletesClaimsWhenScaled
            ? $"{workload.Ref}: its persistentVolumeClaimRetentionPolicy.whenScaled is Delete: scaling it to 0 would delete its data"
            : null;

    public static ScheduleWrite.Merge Scale(ObjectView workload, int replicas) =>
        new(
            workload.Ref,
            string.Create(CultureInfo.InvariantCulture, $"replicas {replicas}"),
            workload.Uid,
            workload.ResourceVersion,
            new JsonObject { ["spec"] = new JsonObject { ["replicas"] = replicas } },
            "scale"
        )
        {
            Statement = string.Create(CultureInfo.InvariantCulture, $"replicas {replicas}"),
        };

    public static WorkloadName NameOf(ObjectView workload) =>
        new(workload.Ref.Kind, workload.Ref.Namespace, workload.Ref.Name);

    public static IReadOnlyList<ScheduleWrite> Steps(ScheduleWrite? step) => step is null ? [] : [step];
}
