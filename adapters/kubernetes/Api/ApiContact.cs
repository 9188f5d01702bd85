using NodaTime;

namespace Ebb.Kubernetes.Api;

/// <summary>Whether the API server answers. Safe from several threads.</summary>
public sealed class ApiContact
{
    private readonly TimeProvider _time;
    private long _lastTicks;
    private int _state;

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

    internal void Answered()
    {
        Volatile.Write(ref _lastTicks, _time.GetUtcNow().UtcTicks);
        if (Interlocked.Exchange(ref _state, 1) != 1)
            Changed?.Invoke();
    }

    internal void Silent()
    {
        if (Interlocked.Exchange(ref _state, 2) != 2)
            Changed?.Invoke();
    }
}
