using NodaTime;

namespace Ebb.Core.Workloads;

/// <summary>
/// CloudNativePG: the hibernation annotation, and asleep when the operator says so in the condition of the same name.
/// Taking the annotation away wakes the cluster as "off" does (CloudNativePG, declarative hibernation), so it ends
/// exactly as it was. A cluster that is fenced whole runs no PostgreSQL and is never hibernated: it is asleep as it is.
/// </summary>
internal sealed class HibernationSleep : ISleepStrategy
{
    private const string Annotation = WellKnown.HibernationAnnotation;
    private const string Fencing = WellKnown.FencingAnnotation;
    private const string FencedWhole = "[\"*\"]";

    public string? Refusal(WorkloadView workload) => null;

    public Baseline? Capture(WorkloadView workload, Instant now) =>
        new(
            workload.Uid,
            now,
            Annotations:
            [
                new(Annotation, workload.Annotations.GetValueOrDefault(Annotation)),
                new(Fencing, workload.Annotations.GetValueOrDefault(Fencing)),
            ],
            Ready: workload.ReadyInstances
        );

    public IReadOnlyList<Write> ToSleep(WorkloadView workload) =>
        IsOn(workload) ? [] : [Annotate(workload, new AnnotationValue(Annotation, "on"))];

    /// <summary>
    /// For one that its operator does not hibernate: PostgreSQL of all instances is shut down, and nothing is deleted.
    /// Empty: that is asked, or its baseline does not know what to give back.
    /// </summary>
    public static IReadOnlyList<Write> ToFence(WorkloadView workload, Baseline baseline) =>
        IsFenced(workload) || baseline.Annotations?.Any(a => a.Name == Fencing) != true
            ? []
            : [Annotate(workload, new AnnotationValue(Fencing, FencedWhole))];

    public bool? IsAsleep(WorkloadView workload) =>
        IsOn(workload)
        && (
            workload.Hibernation?.Status == "True"
            || workload.IsStranded
            || (IsFenced(workload) && workload.ReadyInstances == 0)
        );

    public IReadOnlyList<Write> ToWake(WorkloadView workload, Baseline baseline)
    {
        List<AnnotationValue> changes = [];
        if (workload.Annotations.GetValueOrDefault(Annotation) != Before(baseline))
            changes.Add(new AnnotationValue(Annotation, Before(baseline)));
        // Another fence than Ebb's is somebody else's.
        if (
            IsFenced(workload)
            && baseline.Annotations?.FirstOrDefault(a => a.Name == Fencing) is { } fence
            && fence.Value != FencedWhole
        )
            changes.Add(fence);
        return changes.Count == 0 ? [] : [Annotate(workload, [.. changes])];
    }

    public Baseline StayingAsleep(WorkloadView workload, Baseline baseline) =>
        baseline with
        {
            Annotations = [new(Annotation, "on")],
        };

    public bool? IsAwake(WorkloadView workload, Baseline baseline)
    {
        if (ToWake(workload, baseline).Count > 0)
            return false;
        if (Before(baseline) == "on")
            return true;
        if (workload.Hibernation?.Status == "True")
            return false;
        return workload.Instances is { } wanted && workload.ReadyInstances is { } ready
            ? ready >= Math.Min(baseline.Ready ?? wanted, wanted)
            : null;
    }

    private static Write.Annotate Annotate(WorkloadView workload, params AnnotationValue[] changes) =>
        new(workload.Ref, workload.Uid, workload.ResourceVersion, changes);

    private static string? Before(Baseline baseline) =>
        baseline.Annotations is null && baseline.Replicas == 0 ? "on" : baseline.Annotation(Annotation);

    private static bool IsOn(WorkloadView workload) => workload.Annotations.GetValueOrDefault(Annotation) == "on";

    private static bool IsFenced(WorkloadView workload) =>
        workload.Annotations.GetValueOrDefault(Fencing)?.Replace(" ", "", StringComparison.Ordinal) == FencedWhole;
}
