using NodaTime;

namespace Ebb.Core.Workloads;

/// <summary>
/// Argo CD: automated sync taken out, so that self-heal does not undo what the other waves do; put back as it was.
/// </summary>
internal sealed class SyncSleep : ISleepStrategy
{
    public string? Refusal(WorkloadView workload) => null;

    public Baseline? Capture(WorkloadView workload, Instant now) =>
        new(workload.Uid, now, Automated: workload.Automated);

    public IReadOnlyList<Write> ToSleep(WorkloadView workload) =>
        workload.Automated is null
            ? []
            : [new Write.Automate(workload.Ref, workload.Uid, workload.ResourceVersion, null)];

    public bool? IsAsleep(WorkloadView workload) => workload.Automated is null;

    public IReadOnlyList<Write> ToWake(WorkloadView workload, Baseline baseline) =>
        workload.Automated != baseline.Automated
            ? [new Write.Automate(workload.Ref, workload.Uid, workload.ResourceVersion, baseline.Automated)]
            : [];

    public Baseline StayingAsleep(WorkloadView workload, Baseline baseline) => baseline with { Automated = null };

    public bool? IsAwake(WorkloadView workload, Baseline baseline) => ToWake(workload, baseline).Count == 0;
}
