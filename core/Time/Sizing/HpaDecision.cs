using System.Globalization;
using System.Text.Json.Nodes;
using Ebb.Core.Time.Specs;
using Ebb.Core.Time.Timetables;

namespace Ebb.Core.Time.Sizing;

/// <summary>
/// The bounds of an HPA that somebody else made: in a window what is asked, outside what they were. A minReplicas above
/// the maxReplicas raises that with it, since the API refuses it otherwise; it is lowered again.
/// </summary>
internal static class HpaDecision
{
    public static SizingPlan Decide(TargetInput input)
    {
        if (input.Sized is ObjectLookup.Unknown unknown)
            return SizingPlan.Of(unknown);
        if (input.Sized.It is not { } hpa)
            return BaselineWrites.Gone(input, ((ObjectLookup.Absent)input.Sized).What);
        if (hpa.Deleting)
            return SizingPlan.Settled;
        // It undoes what is written to its own.
        if (hpa.Controller is { } owner)
            return SizingPlan.Cannot($"{hpa.Ref} belongs to {owner}, which sets its bounds{Instead(owner)}") with
            {
                Steps = WorkloadDecision.Steps(BaselineWrites.Release(input)),
            };
        var (bounds, kept) = (input.Bounds, input.Kept(hpa.Uid));
        var present = (Min: HpaFields.Min(hpa), Max: HpaFields.Max(hpa));
        var usual = (Min: kept?.Min ?? present.Min, Max: kept?.Max ?? present.Max);
        var zero = bounds.Max == 0;
        // One that may go to 0 itself stands still there only while its minReplicas is above that.
        var wanted =
            zero ? (Min: Math.Max(usual.Min, 1), Max: Math.Max(usual.Max, 1))
            : bounds.AsksSize ? HpaFields.Bounds(Within(bounds, usual), Math.Min(usual.Min, 1))
            : usual;
        // While power has the workload asleep it holds the HPA still, and gives that back itself.
        if (input.Asleep is not null && wanted.Min == 0)
            wanted.Min = present.Min;
        var hint =
            bounds.Min > usual.Max && bounds.Max is null
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $"maxReplicas raised from {usual.Max} to {wanted.Max} with minReplicas"
                )
                : null;
        var before = kept ?? new ScheduleBaseline(hpa.Uid, input.Now, null, usual.Min, usual.Max, null, input.Scales);
        if (zero && present.Min == 0 && input.Asleep is null)
            return SizingPlan.Next(
                BaselineWrites.Keep(input, hpa, before) ?? Write(input, hpa, wanted.Min, wanted.Max)
            );
        var emptying = ScaleToZero.Decide(input, hpa, zero, before, wanted);
        if (emptying is { Steps.Count: > 0 } or { Trouble: not null } or { Waits: true })
            return emptying with { Hint = hint };
        var waking = emptying?.WakesTo;
        var raised = wanted.Max != usual.Max;
        if (wanted != present)
        {
            // What a ConfigMap says of minReplicas it says at all times: only what comes back must be kept.
            var keep =
                input.SchedulesAsk || raised || kept is not null ? BaselineWrites.Keep(input, hpa, before) : null;
            return SizingPlan.Next(keep ?? Write(input, hpa, wanted.Min, wanted.Max), hint, waking);
        }

        // Power wakes what was emptied to what it was before that, and until then it is known from here alone.
        var fillsLater = input is { Asleep: not null, EmptiedFrom: not null };
        var needed = kept is not null && (input.SchedulesAsk || raised || fillsLater);
        var step = needed ? BaselineWrites.Repair(input) : BaselineWrites.Release(input);
        return new SizingPlan(WorkloadDecision.Steps(step), null, hint, waking);
    }

    private static string Instead(string owner) =>
        ScheduleTarget.Kinds.ContainsKey(owner.Split(' ')[0]) ? ": name that in spec.scaleTargetRef" : "";

    /// <summary>What is asked holds; what merely was there gives way to it.</summary>
    public static ScaleBounds Within(ScaleBounds bounds, (int Min, int Max) usual)
    {
        var (min, max) = (bounds.Min ?? usual.Min, bounds.Max ?? usual.Max);
        return min <= max ? new ScaleBounds(min, max)
            : bounds.Min is null ? new ScaleBounds(max, max)
            : new ScaleBounds(min, min);
    }

    private static ScheduleWrite.Merge Write(TargetInput input, ObjectView hpa, int min, int max)
    {
        var spec = HpaFields.Difference(hpa, min, max);
        var byConfigMap = spec.ContainsKey("minReplicas") && input.TimeScaled;
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
                        $"hpa-time-scaler set minReplicas to {min}"
                            + $"{(spec.ContainsKey("maxReplicas") ? $", and maxReplicas to {max} with it" : "")}"
                    ),
                    "hpa-time-scaler"
                )
                : null,
        };
    }
}
