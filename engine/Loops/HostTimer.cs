using NodaTime;

namespace Ebb.Engine.Loops;

/// <summary>
/// The host's timer as this process sees it. The host stops it when its storage is out of reach, which is what a power
/// cut does.
/// </summary>
internal sealed class HostTimer
{
    private readonly Lock _lock = new();
    private Instant? _last;
    private bool _silent;

    /// <summary>The host's timer fired.</summary>
    public void Fired(Instant now)
    {
        lock (_lock)
            (_last, _silent) = (now, false);
    }

    /// <summary>Whether it did not come for <paramref name="limit"/>, that instant included, or never did.</summary>
    /// <param name="limit">How long it may be silent.</param>
    /// <param name="now">The instant of the question.</param>
    /// <param name="news">True the first time that it is found silent since it last came.</param>
    public bool IsSilent(Duration limit, Instant now, out bool news)
    {
        lock (_lock)
        {
            var silent = _last is not { } last || now - last >= limit;
            news = silent && !_silent;
            _silent = silent;
            return silent;
        }
    }
}
