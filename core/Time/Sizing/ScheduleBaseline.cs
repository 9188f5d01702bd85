using Ebb.Core.Time.Specs;
using Ebb.Core.Workloads;
using NodaTime;

namespace Ebb.Core.Time.Sizing;

/// <summary>
/// What an object was before a schedule sized it: written once before the first write to it, gone when it is that
/// again. It speaks only of the object with this UID.
/// </summary>
/// <param name="Uid">The scaled object's.</param>
/// <param name="CapturedAt">When.</param>
/// <param name="Replicas">
/// Desired replicas of the workload; of what scales one: those that it had before it was emptied. Null: not touched.
/// </param>
/// <param name="Min">minReplicas of an HPA, minReplicaCount of a ScaledObject; null: there was none, or not
/// touched.</param>
/// <param name="Max">The same for the maximum.</param>
/// <param name="Paused">KEDA's annotation paused-replicas; null: there was none, or not touched.</param>
/// <param name="Scales">Kind and name of the workload that it scales; null: it is one, or that is not known.</param>
public sealed record ScheduleBaseline(
    string Uid,
    Instant CapturedAt,
    int? Replicas = null,
    int? Min = null,
    int? Max = null,
    string? Paused = null,
    string? Scales = null
)
{
    /// <summary>Where a baseline of an object is stored.</summary>
    public static BaselineKey Key(ObjectRef on)
    {
        ArgumentNullException.ThrowIfNull(on);
        return new BaselineKey(
            BaselineSource.Schedule,
            ScheduleTarget.TypeName(on.ApiVersion, on.Kind),
            on.Namespace,
            on.Name
        );
    }

    /// <summary>As it is stored.</summary>
    public static ScheduleBaseline Of(StoredBaseline stored)
    {
        ArgumentNullException.ThrowIfNull(stored);
        var before = stored.Before;
        return new ScheduleBaseline(
            before.Uid ?? "",
            before.CapturedAt ?? default,
            IsWorkload(stored.Key.Type) ? before.Replicas : stored.Notes.EmptiedFrom,
            before.Bounds?.Least,
            before.Bounds?.Most,
            before.Annotation(WellKnown.PausedReplicasAnnotation),
            before.Scales
        );
    }

    /// <summary>What is stored once.</summary>
    public Baseline ToBaseline(ObjectRef on)
    {
        ArgumentNullException.ThrowIfNull(on);
        return new Baseline(
            Uid,
            CapturedAt,
            IsWorkload(on.Kind) ? Replicas : null,
            Annotations: on.Kind == ScheduleTarget.ScaledObject
                ? [new AnnotationValue(WellKnown.PausedReplicasAnnotation, Paused)]
                : null,
            Bounds: on.Kind is ScheduleTarget.Hpa or ScheduleTarget.ScaledObject
                ? new AutoscalerView(on, Uid, Min, Max)
                : null,
            Scales: Scales
        );
    }

    /// <summary>What may change while it stands.</summary>
    public BaselineNotes NotesOf(ObjectRef on)
    {
        ArgumentNullException.ThrowIfNull(on);
        return IsWorkload(on.Kind) ? BaselineNotes.None : new BaselineNotes([], Replicas);
    }

    /// <summary>Not one that scales a workload.</summary>
    private static bool IsWorkload(string kind) =>
        !kind.Equals(ScheduleTarget.Hpa, StringComparison.OrdinalIgnoreCase)
        && !kind.Equals(ScheduleTarget.ScaledObject, StringComparison.OrdinalIgnoreCase)
        && !kind.Equals(ScheduleTarget.Autoscaler, StringComparison.OrdinalIgnoreCase);
}
