using Ebb.Core.Time.Specs;
using Ebb.Core.Time.Timetables;
using Ebb.Core.Workloads;
using NodaTime;

namespace Ebb.Core.Time.Sizing;

/// <summary>
/// Everything that decides about one object that Schedules and ConfigMaps size. The same input gives the same decision.
/// </summary>
public sealed record TargetInput
{
    /// <summary>What is sized.</summary>
    public required ScheduleTarget Target { get; init; }

    /// <summary>Where.</summary>
    public required string Namespace { get; init; }

    /// <summary>What all of them together ask now.</summary>
    public required ScheduleState State { get; init; }

    /// <summary>One of the Schedules asks now; a ConfigMap always does.</summary>
    public required bool SchedulesAsk { get; init; }

    /// <summary>A ConfigMap of hpa-time-scaler says something too.</summary>
    public bool TimeScaled { get; init; }

    /// <summary>The object.</summary>
    public required ObjectLookup Sized { get; init; }

    /// <summary>What a ScheduledPodAutoscaler says.</summary>
    public AutoscalerSpec? Autoscaler { get; init; }

    /// <summary>The HPA that a ScheduledPodAutoscaler generates.</summary>
    public ObjectLookup Hpa { get; init; } = new ObjectLookup.Absent("");

    /// <summary>What an HPA or ScheduledPodAutoscaler scales.</summary>
    public ObjectLookup Workload { get; init; } = new ObjectLookup.Absent("");

    /// <summary>Kind and name of the workload behind it; null: there is none that the clock could empty.</summary>
    public string? Scales { get; init; }

    /// <summary>
    /// Who else scales a Deployment or StatefulSet, such as <c>HorizontalPodAutoscaler web</c>; null: nobody.
    /// </summary>
    public string? Governor { get; init; }

    /// <summary>The object, of a kind that is put to sleep in one of the ways of <see cref="WorkloadType"/>.</summary>
    public WorkloadLookup? Sleeper { get; init; }

    /// <summary>What is stored of what it was; null: nothing.</summary>
    public StoredBaseline? Stored { get; init; }

    /// <summary>What power will wake the workload to, when it has it asleep; null: it has not.</summary>
    public int? Asleep { get; init; }

    /// <summary>What power will make it again, while it has it asleep; null: it has not.</summary>
    public Baseline? AsleepFrom { get; init; }

    /// <summary>
    /// While power has a ScaledObject paused: its annotation paused-replicas as power found it; null: none.
    /// </summary>
    public string? PauseBefore { get; init; }

    /// <summary>The instant of the decision.</summary>
    public required Instant Now { get; init; }

    internal ScaleBounds Bounds => State.Bounds;

    internal ObjectRef Ref => new(Target.ApiVersion, Target.Kind, Namespace, Target.Name);

    /// <summary>What is kept of the object with this UID; a person may have written it without one.</summary>
    internal ScheduleBaseline? Kept(string uid) =>
        Stored is { } stored && ScheduleBaseline.Of(stored) is var kept && (kept.Uid.Length == 0 || kept.Uid == uid)
            ? kept
            : null;

    /// <summary>
    /// How many replicas its workload had before it was emptied, through this object or an earlier one of its name.
    /// </summary>
    internal int? EmptiedFrom => Stored?.Notes.EmptiedFrom;
}
