using NodaTime;

namespace Ebb.Core.Workloads;

/// <summary>
/// CloudNativePG: the hibernation annotation, and asleep when the operator says so in the condition of the same name.
/// Taking the annotation away wakes the cluster as "off" does (CloudNativePG, declarative hibernation), so it ends
/// exactly as it was.
/// </summary>
internal sealed class HibernationSleep : ISleepStrategy
{
    private const string Annotation = WellKnown.HibernationAnnotation;

    public string? Refusal(WorkloadView workload) => null;

    public Baseline? Capture(WorkloadView workload, Instant now) =>
        new(
            workload.Uid,
            now,
            Annotations: [new(Annotation, workload.Annotations.GetValueOrDefault(Annotation))],
            Ready: workload.ReadyInstances
        );

    public IReadOnlyList<Write> ToSleep(WorkloadView workload) =>
        IsOn(workload)
            ? []
            : [new Write.Annotate(workload.Ref, workload.Uid, workload.ResourceVersion, [new(Annotation, "on")])];

    public bool? IsAsleep(WorkloadView workload) =>
        IsOn(workload) && (workload.Hibernation?.Status == "True" || workload.IsStranded);

    public IReadOnlyList<Write> ToWake(WorkloadView workload, Baseline baseline) =>
        workload.Annotations.GetValueOrDefault(Annotation) != Before(baseline)
            ?
            [
                new Write.Annotate(
                    workload.Ref,
                    workload.Uid,
                    workload.ResourceVersion,
                    [new(Annotation, Before(baseline))]
                ),
            ]
            : [];

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

    private static string? Before(Baseline baseline) =>
        baseline.Annotations is null && baseline.Replicas == 0 ? "on" : baseline.Annotation(Annotation);

    private static bool IsOn(WorkloadView workload) => workload.Annotations.GetValueOrDefault(Annotation) == "on";
}
