namespace Ebb.Engine.Loops;

/// <summary>
/// Says that there is something to decide on. However often it is rung before somebody listens, that is one turn to
/// take: a turn
/// decides on everything that is known, whoever rang.
/// </summary>
internal sealed class WakeSignal
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _rung = Silent();

    public void Set()
    {
        lock (_lock)
            _rung.TrySetResult();
    }

    /// <summary>Ends when it was rung since the last time this ended, or after <paramref name="atMost"/>.</summary>
    /// <exception cref="OperationCanceledException">The listener was told to stop.</exception>
    public async Task WaitAsync(TimeSpan atMost, TimeProvider time, CancellationToken cancellationToken)
    {
        Task rung;
        lock (_lock)
            rung = _rung.Task;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(rung, Task.Delay(atMost > TimeSpan.Zero ? atMost : TimeSpan.Zero, time, stop.Token));
        cancellationToken.ThrowIfCancellationRequested();
        await stop.CancelAsync();
        lock (_lock)
            if (_rung.Task.IsCompleted)
                _rung = Silent();
    }

    private static TaskCompletionSource Silent() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
