using NodaTime;

namespace Ebb.Scaler.Answers;

/// <summary>
/// Wakes everybody who waits for a change: soon after something changed, many changes together, and at an instant that
/// somebody named.
/// Safe from several threads.
/// </summary>
internal sealed class ChangeSignal : IDisposable
{
    /// <summary>How long changes are gathered.</summary>
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(5);

    /// <summary>
    /// The least time between two signals: in a large cluster something changes all the time, and each one is a look at
    /// every trigger.
    /// </summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(40);

    /// <summary>Timers hold seven weeks; one that fires early is set again by whoever it wakes.</summary>
    private static readonly Duration LongestTimer = Duration.FromDays(40);

    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly ITimer _due;
    private readonly Timer _gathered;
    private volatile TaskCompletionSource _next = New();
    private Instant? _dueAt;
    private int _changed;
    private long _raised;

    /// <param name="time">The world's; <see cref="RaiseAt"/> takes instants of it.</param>
    public ChangeSignal(TimeProvider time)
    {
        _time = time;
        _due = time.CreateTimer(_ => RaiseDue(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _gathered = new Timer(_ => Raise(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Completes with the next signal. Take it before looking, wait for it after.</summary>
    public Task Next => _next.Task;

    /// <summary>Something changed.</summary>
    public void RaiseSoon()
    {
        if (Interlocked.Exchange(ref _changed, 1) != 0)
            return;
        var wait = Interval - TimeProvider.System.GetElapsedTime(Volatile.Read(ref _raised));
        _gathered.Change(wait > Gather ? wait : Gather, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Something may change at this instant.</summary>
    public void RaiseAt(Instant? instant)
    {
        if (instant is not { } at)
            return;
        lock (_lock)
        {
            if (_dueAt <= at)
                return;
            _dueAt = at;
            var wait = at - Instant.FromDateTimeOffset(_time.GetUtcNow());
            _due.Change(
                Duration.Max(Duration.Zero, Duration.Min(wait, LongestTimer)).ToTimeSpan(),
                Timeout.InfiniteTimeSpan
            );
        }
    }

    public void Dispose()
    {
        _due.Dispose();
        _gathered.Dispose();
    }

    private void RaiseDue()
    {
        lock (_lock)
            _dueAt = null;
        Raise();
    }

    private void Raise()
    {
        Volatile.Write(ref _raised, TimeProvider.System.GetTimestamp());
        Volatile.Write(ref _changed, 0);
        Interlocked.Exchange(ref _next, New()).TrySetResult();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
