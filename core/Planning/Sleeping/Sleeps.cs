namespace Ebb.Core.Planning.Sleeping;

/// <summary>Which kind sleeps how. A new way of sleeping is a new sibling file and a line here.</summary>
internal static class Sleeps
{
    private static readonly ISleep Scaled = new ScaledSleep();
    private static readonly ISleep CronJob = new CronJobSleep();
    private static readonly ISleep Hibernation = new HibernationSleep();
    private static readonly ISleep Reconciler = new ReconcilerSleep();
    private static readonly ISleep Sync = new SyncSleep();

    public static ISleep Of(SleepMethod method) =>
        method switch
        {
            SleepMethod.Scale or SleepMethod.PauseScaling => Scaled,
            SleepMethod.SuspendJobs => CronJob,
            SleepMethod.Hibernate => Hibernation,
            SleepMethod.SuspendReconciling => Reconciler,
            SleepMethod.StopSyncing => Sync,
            _ => throw new ArgumentOutOfRangeException(nameof(method), method, "a way of sleeping that is none"),
        };
}
