namespace Ebb.Engine.Schedules;

/// <summary>
/// Documents from outside are parsed on threads that nobody else uses: those of the pool poll the UPS and renew the
/// lease.
/// </summary>
internal static class OwnThread
{
    public static Task<T> RunAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken) =>
        Task
            .Factory.StartNew(
                work,
                cancellationToken,
                TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach,
                TaskScheduler.Default
            )
            .Unwrap();
}
