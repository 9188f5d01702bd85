using NodaTime;

namespace Ebb.Core.Time.Windows;

/// <summary>
/// A span of local time in an IANA zone or at a fixed offset, from its start (included) to its end (excluded), on each
/// of its days but the days off. A day is the one on which it starts, also when it runs over midnight. Where clocks
/// change: a start or end in a gap is the first instant after it; in an overlap a start is the earlier and an end the
/// later instant. So a window is there once on either night: longer or shorter, never twice. One that lies in the gap
/// altogether has no instant on that day. Immutable; <see cref="Contains"/> allocates nothing.
/// </summary>
public sealed class Window
{
    private const long Day = NodaConstants.TicksPerDay;

    /// <summary>
    /// How far ahead a next start is looked for; days of the week and yearly days off together repeat after 40 years.
    /// </summary>
    private const int FarthestDays = 15_000;

    private readonly DateTimeZone _zone;
    private readonly WeekDays _days;
    private readonly IReadOnlyList<MonthDay>? _monthDays;
    private readonly DaysOff _daysOff;
    private readonly long _start;
    private readonly long _end;

    // Days after the one it starts on in which it may still run.
    private readonly int _span;
    private readonly long _onlyDay;
    private readonly bool _once;

    private Window(
        DateTimeZone zone,
        long start,
        long end,
        WeekDays days,
        DaysOff? daysOff,
        long? onlyDay = null,
        IReadOnlyList<MonthDay>? monthDays = null
    )
    {
        (_zone, _start, _end, _days, _daysOff) = (zone, start, end, days, daysOff ?? DaysOff.None);
        (_once, _onlyDay, _monthDays) = (onlyDay is not null, onlyDay ?? 0, monthDays);
        _span = (int)((end - 1) / Day);
    }

    /// <summary>
    /// On each of <paramref name="days"/>; an end at or before the start is on the day after, so that one at the same
    /// time makes it a whole day.
    /// </summary>
    /// <param name="zone">The zone of start, end and days.</param>
    /// <param name="start">Included.</param>
    /// <param name="end">Excluded.</param>
    /// <param name="days">The days on which it starts.</param>
    /// <param name="daysOff">The days on which it does not start.</param>
    public static Window Recurring(
        DateTimeZone zone,
        LocalTime start,
        LocalTime end,
        WeekDays days,
        DaysOff? daysOff = null
    )
    {
        ArgumentNullException.ThrowIfNull(zone);
        return new Window(zone, start.TickOfDay, end.TickOfDay + (end <= start ? Day : 0), days, daysOff);
    }

    /// <summary>
    /// One stretch in each week. An end on the day of the start that is not after it is a week later.
    /// </summary>
    /// <param name="zone">The zone of start, end and days.</param>
    /// <param name="startDay">The day on which it starts.</param>
    /// <param name="start">Included.</param>
    /// <param name="endDay">The day on which it ends.</param>
    /// <param name="end">Excluded; null: the end of that day.</param>
    /// <param name="daysOff">The days on which it does not start.</param>
    public static Window Weekly(
        DateTimeZone zone,
        IsoDayOfWeek startDay,
        LocalTime start,
        IsoDayOfWeek endDay,
        LocalTime? end,
        DaysOff? daysOff = null
    )
    {
        ArgumentNullException.ThrowIfNull(zone);
        var last = ((endDay - startDay + 7) % 7 * Day) + (end?.TickOfDay ?? Day);
        return new Window(
            zone,
            start.TickOfDay,
            last + (last <= start.TickOfDay ? 7 * Day : 0),
            WeekDays.Through(startDay, startDay),
            daysOff
        );
    }

    /// <summary>On some days of each month; an end at or before the start is on the day after.</summary>
    /// <param name="zone">The zone of start, end and days.</param>
    /// <param name="start">Included.</param>
    /// <param name="end">Excluded.</param>
    /// <param name="days">The days on which it starts.</param>
    /// <param name="daysOff">The days on which it does not start.</param>
    public static Window Monthly(
        DateTimeZone zone,
        LocalTime start,
        LocalTime end,
        IReadOnlyList<MonthDay> days,
        DaysOff? daysOff = null
    )
    {
        ArgumentNullException.ThrowIfNull(zone);
        var last = end.TickOfDay + (end <= start ? Day : 0);
        return new Window(zone, start.TickOfDay, last, WeekDays.All, daysOff, monthDays: days);
    }

    /// <summary>Once.</summary>
    /// <param name="zone">The zone of both.</param>
    /// <param name="start">Included.</param>
    /// <param name="end">Excluded.</param>
    /// <param name="daysOff">When it would start on one of them it is not at all.</param>
    /// <exception cref="ArgumentException">The end is not after the start.</exception>
    public static Window Once(DateTimeZone zone, LocalDateTime start, LocalDateTime end, DaysOff? daysOff = null)
    {
        ArgumentNullException.ThrowIfNull(zone);
        if (end <= start)
            throw new ArgumentException("the end is not after the start", nameof(end));
        var day = DayOf(start.Date);
        return new Window(
            zone,
            start.TickOfDay,
            ((DayOf(end.Date) - day) * Day) + end.TickOfDay,
            WeekDays.All,
            daysOff,
            day
        );
    }

    /// <summary>When it is over for good; null: never, it recurs.</summary>
    public Instant? Over =>
        _once ? Instant.FromUnixTimeTicks(LocalTimeMapping.End(_zone, (_onlyDay * Day) + _end)) : null;

    /// <summary>The days on which it does not start, and the times in which it is not in force.</summary>
    public DaysOff DaysOff => _daysOff;

    /// <summary>The zone of its local times.</summary>
    public DateTimeZone Zone => _zone;

    /// <summary>Whether it is in force at <paramref name="at"/>.</summary>
    public bool Contains(Instant at) =>
        IsWithin(at) && (_daysOff.Busy is not { } busy || busy.EndOf(at.ToUnixTimeTicks()) is null);

    private bool IsWithin(Instant at)
    {
        var ticks = at.ToUnixTimeTicks();
        if (_once)
            return IsIn(_onlyDay, ticks);
        var interval = _zone.GetZoneInterval(at);
        var local = ticks + interval.WallOffset.Ticks;
        var day = Floor(local);
        // Without a change of clocks nearby, subtraction is enough.
        if (IsFar(interval, ticks))
        {
            var time = local - (day * Day);
            if (time >= _start && time < _end && IsOn(day))
                return true;
            for (var back = 1; back <= _span; back++)
                if (time + (back * Day) < _end && IsOn(day - back))
                    return true;
            return false;
        }

        for (var start = day - Math.Max(_span, 1); start <= day + 1; start++)
            if (IsIn(start, ticks))
                return true;
        return false;
    }

    /// <summary>
    /// The first instant after <paramref name="at"/> at which <see cref="Contains"/> gives the other answer; where one
    /// day's window touches the next day's there is none. Null: there is no such instant within the next 40 years.
    /// </summary>
    public Instant? NextChange(Instant at)
    {
        if (_daysOff.Busy is not { } busy)
            return NextEdge(at);
        if (Contains(at))
            return (NextEdge(at), busy.NextStart(at.ToUnixTimeTicks())) switch
            {
                (var edge, null) => edge,
                (null, { } start) => Instant.FromUnixTimeTicks(start),
                ({ } edge, { } start) => Instant.Min(edge, Instant.FromUnixTimeTicks(start)),
            };
        // Each turn but the first leaves one busy span behind.
        for (Instant? next = at; next is { } then; )
        {
            next = busy.EndOf(then.ToUnixTimeTicks()) is { } end ? Instant.FromUnixTimeTicks(end) : NextEdge(then);
            if (next is { } change && Contains(change))
                return change;
        }

        return null;
    }

    /// <summary>The same without the busy times.</summary>
    private Instant? NextEdge(Instant at)
    {
        var ticks = at.ToUnixTimeTicks();
        if (_once)
        {
            var (start, end) = Edges(_onlyDay);
            return !IsOn(_onlyDay) || start >= end || ticks >= end
                ? null
                : Instant.FromUnixTimeTicks(ticks < start ? start : end);
        }

        var day = Floor(ticks + _zone.GetUtcOffset(at).Ticks) - Math.Max(_span, 1);
        return IsWithin(at) ? EndOfRun(day, ticks) : NextStart(day, ticks);
    }

    private Instant? EndOfRun(long day, long ticks)
    {
        var end = ticks;
        for (var next = day; next < day + FarthestDays; next++)
        {
            if (!LocalTimeMapping.IsTellable(next * Day))
                return null;
            var (start, until) = Edges(next);
            if (start > end)
                return Instant.FromUnixTimeTicks(end);
            if (until > end && start < until && IsOn(next))
                end = until;
        }

        return null;
    }

    private Instant? NextStart(long day, long ticks)
    {
        for (var next = day; next < day + FarthestDays; next++)
        {
            if (!LocalTimeMapping.IsTellable(next * Day))
                return null;
            if (_daysOff.EndOfRange(next) is { } last)
            {
                day += last - next;
                next = last;
                continue;
            }

            if (!IsOn(next))
                continue;
            var (start, end) = Edges(next);
            if (start > ticks && start < end)
                return Instant.FromUnixTimeTicks(start);
        }

        return null;
    }

    private bool IsIn(long day, long ticks)
    {
        if (!IsOn(day) || !LocalTimeMapping.IsTellable(day * Day))
            return false;
        var (start, end) = Edges(day);
        return ticks >= start && ticks < end;
    }

    private (long Start, long End) Edges(long day) =>
        (LocalTimeMapping.Start(_zone, (day * Day) + _start), LocalTimeMapping.End(_zone, (day * Day) + _end));

    private bool IsOn(long day) =>
        _days.Contains(day) && !_daysOff.Contains(day) && (_monthDays is null || IsInMonth(_monthDays, day));

    private static bool IsInMonth(IReadOnlyList<MonthDay> monthDays, long day)
    {
        if (!DaysOff.IsDate(day))
            return false;
        var date = DaysOff.DateOf(day);
        for (var i = 0; i < monthDays.Count; i++)
            if (monthDays[i].Contains(date))
                return true;
        return false;
    }

    /// <summary>
    /// Two days more than it lasts each way: a window of a day before may still run, and no offset is as much as a day.
    /// </summary>
    private bool IsFar(NodaTime.TimeZones.ZoneInterval interval, long ticks) =>
        (!interval.HasStart || ticks - interval.Start.ToUnixTimeTicks() > (3 + _span) * Day)
        && (!interval.HasEnd || interval.End.ToUnixTimeTicks() - ticks > (3 + _span) * Day);

    private static long Floor(long local) => local >= 0 ? local / Day : (local - Day + 1) / Day;

    internal static long DayOf(LocalDate date) => Period.DaysBetween(new LocalDate(1970, 1, 1), date);
}
