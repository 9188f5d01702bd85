using System.Globalization;
using System.Text.Json.Nodes;

namespace Ebb.Core.Schedules;

/// <summary>
/// The bounds of an HPA that somebody else made: in a window what is asked, outside what they were. A minReplicas above the maxReplicas
/// raises that with it, since the API refuses it otherwise; it is lowered again.
/// </summary>
internal static class HpaDecision
{
    public static SizingPlan Decide(TargetInput situation)
    {
        if (situation.Sized is ObjectLookup.Unknown unknown)
            return SizingPlan.Of(unknown);
        if (situation.Sized.It is not { } hpa)
            return BaselineWrites.Tidy(situation, needed: false) is { } drop
                ? SizingPlan.Next(drop)
                : SizingPlan.Cannot(((ObjectLookup.Absent)situation.Sized).What);
        if (hpa.Deleting)
            return SizingPlan.Settled;
        var (knobs, kept) = (situation.Bounds, situation.Kept(hpa.Uid));
        var present = (Min: HpaFields.Min(hpa), Max: HpaFields.Max(hpa));
        var usual = (Min: kept?.Min ?? present.Min, Max: kept?.Max ?? present.Max);
        var zero = knobs.Max == 0;
        var wanted = zero ? usual : HpaFields.Bounds(Within(knobs, usual));
        var hint =
            knobs.Min > usual.Max && knobs.Max is null
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $"maxReplicas raised from {usual.Max} to {wanted.Max} with minReplicas"
                )
                : null;
        var emptying = ScaleToZero.Decide(
            situation,
            hpa.Uid,
            zero,
            kept is null ? null : kept with { Min = usual.Min, Max = usual.Max },
            wanted
        );
        if (emptying is { Steps.Count: > 0 } or { Trouble: not null } or { Waits: true })
            return emptying with { Hint = hint };
        var waking = emptying?.WakesTo;
        var raised = wanted.Max != usual.Max;
        if (wanted != present)
        {
            // What a ConfigMap says of minReplicas it says at all times: only what comes back must be kept.
            var keep =
                situation.SchedulesAsk || raised || kept is not null
                    ? BaselineWrites.Keep(
                        situation,
                        (kept ?? new ScheduleBaseline(hpa.Uid, situation.Now)) with
                        {
                            Min = usual.Min,
                            Max = usual.Max,
                        }
                    )
                    : null;
            return SizingPlan.Next(keep ?? Write(situation, hpa, wanted.Min, wanted.Max), hint, waking);
        }

        var needed = kept is not null && (situation.SchedulesAsk || raised);
        var step = needed ? BaselineWrites.Tidy(situation, true) : BaselineWrites.Tidy(situation, false);
        return new SizingPlan(WorkloadDecision.Steps(step), null, hint, waking);
    }

    /// <summary>What is asked holds; what merely was there gives way to it.</summary>
    public static ScaleBounds Within(ScaleBounds knobs, (int Min, int Max) usual)
    {
        var (min, max) = (knobs.Min ?? usual.Min, knobs.Max ?? usual.Max);
        return min <= max ? new ScaleBounds(min, max)
            : knobs.Min is null ? new ScaleBounds(max, max)
            : new ScaleBounds(min, min);
    }

    private static ScheduleWrite.Merge Write(TargetInput situation, ObjectView hpa, int min, int max)
    {
        var spec = HpaFields.Difference(hpa, min, max);
        var byConfigMap = spec.ContainsKey("minReplicas") && situation.TimeScaled;
        return new ScheduleWrite.Merge(
            hpa.Ref,
            HpaFields.Words(spec),
            hpa.Uid,
            hpa.ResourceVersion,
            new JsonObject { ["spec"] = spec }
        )
        {
            Statement = string.Create(CultureInfo.InvariantCulture, $"{min} to {max}"),
            Note = byConfigMap
                ? new EventNote(
                    hpa,
                    "HPATimeScaleEvent",
                    "Scaled",
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"hpa-time-scaler set minReplicas to {min}{(spec.ContainsKey("maxReplicas") ? $", and maxReplicas to {max} with it" : "")}"
                    ),
                    "hpa-time-scaler"
                )
                : null,
        };
    }
}
