namespace Ebb.Nut;

/// <summary>
/// A token that is cancelled by the caller or by time. Which of the two it was is asked of the caller's own token: its
/// cancellation is thrown on, ours is an answer.
/// </summary>
internal sealed class Deadline : IDisposable
{
    private readonly CancellationTokenSource _time;
    private readonly CancellationTokenSource _either;

    internal Deadline(TimeSpan within, TimeProvider clock, CancellationToken cancellationToken)
    {
        _time = new CancellationTokenSource(within, clock);
        _either = CancellationTokenSource.CreateLinkedTokenSource(_time.Token, cancellationToken);
    }

    internal CancellationToken Token => _either.Token;

    public void Dispose()
    {
        _either.Dispose();
        _time.Dispose();
    }
}
