using NodaTime;

namespace Ebb.Core.Workloads;

/// <summary>
/// Asleep while a flag in its spec is set: <c>spec.suspend</c>, of a node <c>spec.unschedulable</c>. Where the flag was
/// not written out it is taken away again.
/// </summary>
internal abstract class FlagSleep : ISleepStrategy
{
    public string? Refusal(WorkloadView workload) => null;

    public Baseline? Capture(WorkloadView workload, Instant now) =>
        workload.Suspended is { } suspended
            ? new Baseline(workload.Uid, now, Suspended: suspended, SuspendStated: workload.SuspendStated)
            : null;

    public IReadOnlyList<Write> ToSleep(WorkloadView workload) =>
        workload.Suspended == false ? [Set(workload, true)] : [];

    public virtual bool? IsAsleep(WorkloadView workload) => workload.Suspended;

    public IReadOnlyList<Write> ToWake(WorkloadView workload, Baseline baseline) =>
        baseline.Suspended is { } before && workload.Suspended is { } now && now != before
            ? [Set(workload, baseline.SuspendStated == false ? null : before)]
            : [];

    public Baseline StayingAsleep(WorkloadView workload, Baseline baseline) =>
        baseline with
        {
            Suspended = true,
            SuspendStated = true,
        };

    public bool? IsAwake(WorkloadView workload, Baseline baseline) =>
        workload.Suspended is null ? null : ToWake(workload, baseline).Count == 0;

    /// <param name="workload">The workload.</param>
    /// <param name="value">Null: the flag is taken away.</param>
    protected virtual Write Set(WorkloadView workload, bool? value) =>
        new Write.Suspend(workload.Ref, workload.Uid, workload.ResourceVersion, value);
}
