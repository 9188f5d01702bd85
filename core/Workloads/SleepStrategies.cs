using Ebb.Core.Hooks;
using Ebb.Core.Workloads.Declared;

namespace Ebb.Core.Workloads;

/// <summary>The strategy of each method. A new one is a new file and a line here.</summary>
internal static class SleepStrategies
{
    private static readonly ISleepStrategy Scaled = new ScaledSleep();
    private static readonly ISleepStrategy CronJob = new CronJobSleep();
    private static readonly ISleepStrategy Hibernation = new HibernationSleep();
    private static readonly ISleepStrategy Reconciler = new ReconcilerSleep();
    private static readonly ISleepStrategy Sync = new SyncSleep();

    private static readonly ISleepStrategy Hook = new HookSleep();

    private static readonly ISleepStrategy Cordon = new CordonSleep();

    private static readonly ISleepStrategy Declared = new DeclaredSleep();

    /// <param name="method">Of its type.</param>
    /// <param name="workload">Whose kind may sleep by its fields; null: it is not known.</param>
    public static ISleepStrategy Of(SleepMethod method, WorkloadView? workload) =>
        workload?.Declared is null ? Of(method) : Declared;

    private static ISleepStrategy Of(SleepMethod method) =>
        method switch
        {
            SleepMethod.Scale or SleepMethod.PauseScaling => Scaled,
            SleepMethod.SuspendJobs => CronJob,
            SleepMethod.Hibernate => Hibernation,
            SleepMethod.SuspendReconciling => Reconciler,
            SleepMethod.StopSyncing => Sync,
            SleepMethod.RunHook => Hook,
            SleepMethod.Cordon => Cordon,
            _ => throw new ArgumentOutOfRangeException(nameof(method), method, "unexpected value"),
        };
}
