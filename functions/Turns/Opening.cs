namespace Ebb.Functions.Turns;

/// <summary>
/// When the work beside the answers begins: with the end of the first answer, or a moment after the process listens when nobody asks. Until then
/// the processor is theirs who wait for it: a probe that gets no answer starts the process again.
/// </summary>
internal sealed class Opening
{
    // Far less than a poll of a UPS.
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(150);
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes once, and is never cancelled.</summary>
    public Task Begun => _begun.Task;

    /// <summary>The process listens.</summary>
    public void Listens(TimeProvider time) => _ = Task.Delay(Moment, time).ContinueWith(_ => _begun.TrySetResult(), TaskScheduler.Default);

    /// <summary>Somebody has an answer.</summary>
    public void Answered() => _begun.TrySetResult();
}
