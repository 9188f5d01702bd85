namespace Ebb.Engine.Loops;

/// <summary>
/// When the work beside the answers begins: with the end of the first answer, or a moment after the process listens
/// when nobody asks. Until then
/// nothing else uses the processor, because a probe without an answer restarts the container.
/// </summary>
internal sealed class StartupGate
{
    // Far less than a poll of a UPS.
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(150);
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="before">What has to be there before any of that work is; it runs once, and when it throws, so does
    /// <see cref="Begun"/>.</param>
    public StartupGate(Action before) => Begun = BeginAsync(before);

    /// <summary>Completes once, and is never cancelled.</summary>
    public Task Begun { get; }

    /// <summary>The process listens.</summary>
    public void Listens(TimeProvider time) =>
        _ = Task.Delay(Moment, time).ContinueWith(_ => _reached.TrySetResult(), TaskScheduler.Default);

    /// <summary>The first answer was sent.</summary>
    public void Answered() => _reached.TrySetResult();

    private async Task BeginAsync(Action before)
    {
        await _reached.Task.ConfigureAwait(false);
        before();
    }
}
