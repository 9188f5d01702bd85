using NodaTime;

namespace Ebb.Kubernetes.Api;

/// <summary>Whether the API server answers. Safe from several threads.</summary>
public sealed class ApiContact
{
    private readonly TimeProvider _time;
    private long _lastTicks;
    private int _state;
    private int _failures;
    private int _answers;

    internal ApiContact(TimeProvider time) => _time = time;

    /// <summary>When it last answered anything, a refusal included; null: never.</summary>
    public Instant? Last =>
        Volatile.Read(ref _lastTicks) is var ticks and not 0 ? NodaConstants.BclEpoch.PlusTicks(ticks) : null;

    /// <summary>Whether the last attempt to reach it got any answer; null: not tried yet.</summary>
    public bool? Reachable =>
        Volatile.Read(ref _state) switch
        {
            1 => true,
            2 => false,
            _ => null,
        };

    /// <summary>Raised when <see cref="Reachable"/> changed, on the thread that made the request.</summary>
    public event Action? Changed;

    /// <summary>How many attempts have failed so far: to be noted when a request is sent.</summary>
    internal int Failures => Volatile.Read(ref _failures);

    /// <summary>How many answers have come so far.</summary>
    internal int Answers => Volatile.Read(ref _answers);

    /// <summary>An answer came.</summary>
    /// <param name="failures">
    /// As noted when the request was sent: an answer that was on its way when another attempt failed says nothing of
    /// what is now.
    /// </param>
    internal void Answered(int failures)
    {
        Interlocked.Increment(ref _answers);
        Volatile.Write(ref _lastTicks, _time.GetUtcNow().UtcTicks);
        if (failures == Failures && Interlocked.Exchange(ref _state, 1) != 1)
            Changed?.Invoke();
    }

    internal void Silent()
    {
        Interlocked.Increment(ref _failures);
        if (Interlocked.Exchange(ref _state, 2) != 2)
            Changed?.Invoke();
    }
}
