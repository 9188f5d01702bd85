namespace Ebb.Core.Tests.Schedules;

/// <summary>
/// A slow model of windows: every minute of a span of time with the local time that a zone shows then. It shares
/// nothing with the window but the zone's data.
/// </summary>
internal sealed class MinuteModel
{
    private readonly LocalDateTime[] _shown;
    private readonly Dictionary<LocalDateTime, (int First, int Last)> _when = [];

    public MinuteModel(DateTimeZone zone, Instant from, int days)
    {
        From = from;
        _shown =
        [
            .. Enumerable
                .Range(0, days * 1440)
                .Select(minute => (from + Duration.FromMinutes(minute)).InZone(zone).LocalDateTime),
        ];
        for (var i = 0; i < _shown.Length; i++)
            _when[_shown[i]] = _when.TryGetValue(_shown[i], out var known) ? (known.First, i) : (i, i);
    }

    public Instant From { get; }

    public int Minutes => _shown.Length;

    public Instant At(int minute) => From + Duration.FromMinutes(minute);

    /// <summary>
    /// On each day (of the week, not excluded) from its start, included, to its end, excluded; an end not after the
    /// start is on the next day.
    /// </summary>
    public bool[] InForce(LocalTime start, LocalTime end, Func<LocalDate, bool> on) =>
        InForce(day => day + start, day => (end <= start ? day.PlusDays(1) : day) + end, on);

    /// <summary>On each day from where its window starts, included, to where it ends, excluded.</summary>
    public bool[] InForce(
        Func<LocalDate, LocalDateTime> start,
        Func<LocalDate, LocalDateTime> end,
        Func<LocalDate, bool> on
    )
    {
        var inForce = new bool[_shown.Length];
        for (var day = _shown[0].Date; day <= _shown[^1].Date; day = day.PlusDays(1))
        {
            if (!on(day))
                continue;
            if (Edge(start(day), later: false) is not { } first || Edge(end(day), later: true) is not { } last)
                continue;
            for (var i = first; i < last; i++)
                inForce[i] = true;
        }

        return inForce;
    }

    /// <summary>From a local start, included, to a local end, excluded, once.</summary>
    public bool[] InForceOnce(LocalDateTime start, LocalDateTime end)
    {
        var inForce = new bool[_shown.Length];
        for (var i = Edge(start, later: false)!.Value; i < Edge(end, later: true)!.Value; i++)
            inForce[i] = true;
        return inForce;
    }

    /// <summary>
    /// In an overlap a start takes the earlier, an end the later minute; in a gap it is the first minute after it.
    /// </summary>
    private int? Edge(LocalDateTime local, bool later)
    {
        if (_when.TryGetValue(local, out var shown))
            return later ? shown.Last : shown.First;
        for (var i = 1; i < _shown.Length; i++)
            if (_shown[i - 1] < local && _shown[i] > local)
                return i;
        return null;
    }
}
