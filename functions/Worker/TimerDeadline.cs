using Ebb.Engine.Clocks;

namespace Ebb.Functions.Worker;

/// <summary>
/// A turn that the host waits for ends well below host.json's functionTimeout, after which the host would kill the
/// worker.
/// </summary>
internal static class TimerDeadline
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <exception cref="TimeoutException">It was not done within 20 s; the host shows the invocation as
    /// failed.</exception>
    public static async Task RunAsync(
        Func<CancellationToken, Task> turn,
        EngineClocks clocks,
        CancellationToken cancellationToken
    )
    {
        using var deadline = new CancellationTokenSource(Limit, clocks.Deadlines);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            await turn(either.Token);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            throw new TimeoutException($"not done within {Limit.TotalSeconds:0} s");
        }
    }
}
