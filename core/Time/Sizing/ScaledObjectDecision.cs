using System.Globalization;
using System.Text.Json.Nodes;
using Ebb.Core.Time.Specs;
using Ebb.Core.Time.Timetables;
using Ebb.Core.Workloads;

namespace Ebb.Core.Time.Sizing;

/// <summary>
/// KEDA's ScaledObject: its own bounds, and for 0 the annotation that pauses it at 0. One that only Ebb's scaler
/// answers, and within whose bounds it is, is left alone: the scaler says there what a schedule asks.
/// </summary>
internal static class ScaledObjectDecision
{
    private const int UsualMax = 100;
    private static readonly string[] PersonsPauses =
    [
        "autoscaling.keda.sh/paused",
        "autoscaling.keda.sh/paused-scale-in",
        "autoscaling.keda.sh/paused-scale-out",
    ];

    public static SizingPlan Decide(TargetInput input)
    {
        if (input.Sized is ObjectLookup.Unknown unknown)
            return SizingPlan.Of(unknown);
        if (input.Sized.It is not { } scaled)
            return BaselineWrites.Gone(input, ((ObjectLookup.Absent)input.Sized).What);
        if (scaled.Deleting)
            return SizingPlan.Settled;
        var (bounds, kept) = (input.Bounds, input.Kept(scaled.Uid));
        var spec = scaled.Read("spec");
        var present = (
            Min: spec.Whole("minReplicaCount", 0, int.MaxValue),
            Max: spec.Whole("maxReplicaCount", 0, int.MaxValue)
        );
        if (kept is null && EbbTriggers.SaySchedules(scaled) && Holds(present, bounds))
            return new SizingPlan(
                [],
                null,
                "its trigger is answered by Ebb's scaler, so that nothing is written to it"
            );
        var paused = scaled.Annotations.GetValueOrDefault(WellKnown.PausedReplicasAnnotation);
        var usual = kept is null ? present : (kept.Min, kept.Max);
        var zero = bounds.Max == 0;
        var wanted = usual;
        if (!zero && bounds.AsksSize)
        {
            var within = HpaDecision.Within(bounds, (usual.Min ?? 0, usual.Max ?? UsualMax));
            wanted = (
                bounds.Min is null && within.Min == (usual.Min ?? 0) ? usual.Min : within.Min,
                bounds.Max is null && within.Max == (usual.Max ?? UsualMax) ? usual.Max : within.Max
            );
        }

        var hint =
            spec.Whole("idleReplicaCount", 0, int.MaxValue) is { } idle && idle < bounds.Min
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $"KEDA goes to its idleReplicaCount {idle} while no trigger is active, below the {bounds.Min} asked"
                )
                : null;

        // The pause that power set is removed by power, unless a schedule asks for it too: then it stays, once its
        // value before is stored.
        var waking =
            zero && input.Asleep is not null
                ? new WakingSize(
                    new WorkloadName(ScheduleTarget.ScaledObject, input.Namespace, scaled.Ref.Name),
                    0,
                    input.State.Cause
                )
                : null;
        if (waking is not null && kept is null)
        {
            var before = new ScheduleBaseline(
                scaled.Uid,
                input.Now,
                input.Asleep,
                present.Min,
                present.Max,
                input.PauseBefore,
                input.Scales
            );
            if (BaselineWrites.Keep(input, scaled, before) is { } first)
                return SizingPlan.Next(first);
        }

        var pause =
            input.Asleep is not null ? paused
            : zero ? "0"
            : kept is not null && paused == "0" ? kept.Paused
            : paused;
        if (zero && input is { Asleep: null, Workload: ObjectLookup.Unknown unread })
            return SizingPlan.Of(unread);
        if (zero && input.Asleep is null && kept is { Replicas: null } && input.Workload.It?.Replicas is { } full)
        {
            // Kept since an earlier window.
            if (paused != "0" && BaselineWrites.Keep(input, scaled, kept with { Replicas = full }) is { } again)
                return SizingPlan.Next(again);
        }
        // First, so that KEDA takes over a target that is there already.
        if (!zero && input.Asleep is null && kept is { Replicas: > 0 and var was } && IsPausedByPerson(scaled))
        {
            if (input.Workload is ObjectLookup.Unknown hidden)
                return SizingPlan.Of(hidden);
            if (input.Workload.It is { Deleting: false, Replicas: 0 } empty)
                return SizingPlan.Next(WorkloadDecision.Scale(empty, was));
        }
        if (wanted != present || pause != paused)
        {
            var keep = BaselineWrites.Keep(
                input,
                scaled,
                kept
                    ?? new ScheduleBaseline(
                        scaled.Uid,
                        input.Now,
                        zero ? input.Asleep ?? input.Workload.It?.Replicas : null,
                        present.Min,
                        present.Max,
                        input.Asleep is null ? paused : input.PauseBefore,
                        input.Scales
                    )
            );
            return SizingPlan.Next(
                keep ?? Write(scaled, wanted, present, pause, paused),
                hint,
                kept is null ? null : waking
            );
        }

        // KEDA does not empty what a person has paused already.
        if (
            zero
            && input is { Asleep: null, Workload.It: { Deleting: false, Replicas: > 0 } running }
            && IsPausedByPerson(scaled)
        )
            return SizingPlan.Next(WorkloadDecision.Scale(running, 0));
        if (
            !zero
            && input is { Asleep: null, SchedulesAsk: true }
            && kept is { Replicas: not null }
            && BaselineWrites.Keep(input, scaled, kept with { Replicas = null }) is { } filled
        )
            return SizingPlan.Next(filled);
        var needed = kept is not null && (input.SchedulesAsk || input.Asleep is not null);
        return new SizingPlan(
            WorkloadDecision.Steps(needed ? BaselineWrites.Repair(input) : BaselineWrites.Release(input)),
            null,
            hint,
            kept is null ? null : waking
        );
    }

    /// <summary>The HPA goes nowhere beyond its own bounds, whatever a trigger answers.</summary>
    private static bool Holds((int? Min, int? Max) present, ScaleBounds bounds) =>
        !(bounds.Max < (present.Min ?? 0)) && !(bounds.Min > (present.Max ?? UsualMax));

    /// <summary>A person has paused it too, so that KEDA does not fill again what was emptied.</summary>
    private static bool IsPausedByPerson(ObjectView scaled) =>
        PersonsPauses.Any(name =>
            scaled.Annotations.TryGetValue(name, out var value)
            && !value.Equals("false", StringComparison.OrdinalIgnoreCase)
        );

    private static ScheduleWrite.Merge Write(
        ObjectView scaled,
        (int? Min, int? Max) wanted,
        (int? Min, int? Max) present,
        string? pause,
        string? paused
    )
    {
        var patch = new JsonObject();
        var spec = new JsonObject();
        if (wanted.Min != present.Min)
            spec["minReplicaCount"] = wanted.Min;
        if (wanted.Max != present.Max)
            spec["maxReplicaCount"] = wanted.Max;
        if (spec.Count > 0)
            patch["spec"] = spec;
        if (pause != paused)
            patch["metadata"] = new JsonObject
            {
                ["annotations"] = new JsonObject { [WellKnown.PausedReplicasAnnotation] = pause },
            };
        var words = string.Create(
            CultureInfo.InvariantCulture,
            $"minReplicaCount {wanted.Min}, maxReplicaCount {wanted.Max}, paused-replicas {pause ?? "none"}"
        );
        return new ScheduleWrite.Merge(scaled.Ref, words, scaled.Uid, scaled.ResourceVersion, patch)
        {
            Statement = words,
        };
    }
}
