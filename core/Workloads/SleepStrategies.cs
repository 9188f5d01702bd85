namespace Ebb.Core.Workloads;

/// <summary>The strategy of each method. A new one is a new file and a line here.</summary>
internal static class SleepStrategies
{
    private static readonly ISleepStrategy Scaled = new ScaledSleep();
    private static readonly ISleepStrategy CronJob = new CronJobSleep();
    private static readonly ISleepStrategy Hibernation = new HibernationSleep();
    private static readonly ISleepStrategy Reconciler = new ReconcilerSleep();
    private static readonly ISleepStrategy Sync = new SyncSleep();

    public static ISleepStrategy Of(SleepMethod method) =>
        method switch
        {
            SleepMethod.Scale or SleepMethod.PauseScaling => Scaled,
            SleepMethod.SuspendJobs => CronJob,
            SleepMethod.Hibernate => Hibernation,
            SleepMethod.SuspendReconciling => Reconciler,
            SleepMethod.StopSyncing => Sync,
            _ => throw new ArgumentOutOfRangeException(nameof(method), method, "unexpected value"),
        };
}
