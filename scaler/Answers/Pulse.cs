using NodaTime;

namespace Ebb.Scaler.Answers;

/// <summary>
/// Wakes whoever waits for a change: after something changed, many changes together, and at an instant that somebody named. Safe from
/// several threads.
/// </summary>
internal sealed class Pulse : IDisposable
{
    private static readonly TimeSpan Together = TimeSpan.FromMilliseconds(5);

    // In a large cluster something changes all the time, and each beat is a look at every trigger.
    private static readonly TimeSpan Apart = TimeSpan.FromMilliseconds(40);
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly ITimer _alarm;
    private readonly Timer _beat;
    private volatile TaskCompletionSource _next = New();
    private Instant? _due;
    private int _noted;
    private long _beaten;

    /// <param name="time">The world's; alarms are instants of it.</param>
    public Pulse(TimeProvider time)
    {
        _time = time;
        _alarm = time.CreateTimer(_ => Ring(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _beat = new Timer(_ => Beat(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Completes with the next beat. Take it before looking, wait for it after.</summary>
    public Task Next => _next.Task;

    /// <summary>Something changed.</summary>
    public void Note()
    {
        if (Interlocked.Exchange(ref _noted, 1) != 0)
            return;
        var rest = Apart - TimeProvider.System.GetElapsedTime(Volatile.Read(ref _beaten));
        _beat.Change(rest > Together ? rest : Together, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Something may change at this instant.</summary>
    public void WakeAt(Instant? at)
    {
        if (at is not { } due)
            return;
        lock (_lock)
        {
            if (_due <= due)
                return;
            _due = due;
            var wait = due - Instant.FromDateTimeOffset(_time.GetUtcNow());
            // Timers hold seven weeks; one that rings early is set again by whoever it wakes.
            _alarm.Change(
                wait < Duration.Zero ? TimeSpan.Zero
                    : wait > Duration.FromDays(40) ? TimeSpan.FromDays(40)
                    : wait.ToTimeSpan(),
                Timeout.InfiniteTimeSpan
            );
        }
    }

    public void Dispose()
    {
        _alarm.Dispose();
        _beat.Dispose();
    }

    private void Ring()
    {
        lock (_lock)
            _due = null;
        Beat();
    }

    private void Beat()
    {
        Volatile.Write(ref _beaten, TimeProvider.System.GetTimestamp());
        Volatile.Write(ref _noted, 0);
        Interlocked.Exchange(ref _next, New()).TrySetResult();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
