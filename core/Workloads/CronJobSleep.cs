using NodaTime;

namespace Ebb.Core.Workloads;

/// <summary>Suspended, and asleep when the jobs that run have ended by themselves.</summary>
internal sealed class CronJobSleep : ISleepStrategy
{
    public string? Refusal(WorkloadView workload) => null;

    public Baseline? Capture(WorkloadView workload, Instant now) =>
        workload.Suspended is { } suspended
            ? new Baseline(workload.Uid, now, Suspended: suspended, SuspendStated: workload.SuspendStated)
            : null;

    public IReadOnlyList<Write> ToSleep(WorkloadView workload) =>
        workload.Suspended == false
            ? [new Write.Suspend(workload.Ref, workload.Uid, workload.ResourceVersion, true)]
            : [];

    public bool? IsAsleep(WorkloadView workload) =>
        workload switch
        {
            { Suspended: false } => false,
            { Suspended: null } or { ActiveJobs: null } => null,
            _ => workload.ActiveJobs == 0 || workload.IsStranded,
        };

    public IReadOnlyList<Write> ToWake(WorkloadView workload, Baseline baseline) =>
        baseline.Suspended is { } before && workload.Suspended is { } now && now != before
            ?
            [
                new Write.Suspend(
                    workload.Ref,
                    workload.Uid,
                    workload.ResourceVersion,
                    baseline.SuspendStated == false ? null : before
                ),
            ]
            : [];

    public bool? IsAwake(WorkloadView workload, Baseline baseline) =>
        workload.Suspended is null ? null : ToWake(workload, baseline).Count == 0;
}
