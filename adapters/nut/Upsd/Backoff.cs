namespace Ebb.Nut.Upsd;

/// <summary>
/// How long to leave a server alone that failed: half a second after the first time, doubled each time, never more than
/// <see cref="Longest"/>, which is a poll or two: a server that is back must be noticed soon.
/// </summary>
internal sealed class Backoff(TimeProvider clock)
{
    internal static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(500);
    internal static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    private long _failedAt;
    private TimeSpan _wait;

    /// <summary>What is left of the wait; zero or less when the server may be tried.</summary>
    internal TimeSpan Left => _wait == TimeSpan.Zero ? TimeSpan.Zero : _wait - clock.GetElapsedTime(_failedAt);

    internal void Failed()
    {
        _failedAt = clock.GetTimestamp();
        _wait =
            _wait == TimeSpan.Zero ? Shortest
            : _wait * 2 < Longest ? _wait * 2
            : Longest;
    }

    internal void Succeeded() => _wait = TimeSpan.Zero;
}
