namespace Ebb.Core.Workloads;

/// <summary>Suspended, and asleep when the jobs that run have ended by themselves.</summary>
internal sealed class CronJobSleep : FlagSleep
{
    public override bool? IsAsleep(WorkloadView workload) =>
        workload switch
        {
            { Suspended: false } => false,
            { Suspended: null } or { ActiveJobs: null } => null,
            _ => workload.ActiveJobs == 0 || workload.IsStranded,
        };
}
