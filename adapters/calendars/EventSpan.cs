using System.Globalization;
using System.Text.RegularExpressions;
using NodaTime;

namespace Ebb.Calendars;

/// <summary>What of an event is not understood.</summary>
/// <param name="Line">Where; null: it is missing.</param>
/// <param name="Expected">What would have been understood.</param>
internal sealed record Misread(ContentLine? Line, string Expected);

/// <summary>From when to when an event is, the first time: whole days, or times of day.</summary>
/// <param name="Start">In local time; midnight when it is whole days.</param>
/// <param name="End">Excluded; whole days have at least one.</param>
/// <param name="IsDays">It is whole days.</param>
/// <param name="Zone">The zone of its local times; null: whatever it is, only the dates as written count.</param>
internal sealed partial record EventSpan(LocalDateTime Start, LocalDateTime End, bool IsDays, DateTimeZone? Zone)
{
    private const string DateWords = "a date such as 20261225, or a date and time such as 20261225T080000Z";
    private const string EndWords = "an end that is not before the start";
    private static readonly LocalTime LastMinute = new(23, 59);
    private static readonly string[] WholeDayMarks =
    [
        "X-MICROSOFT-CDO-ALLDAYEVENT",
        "X-MICROSOFT-MSNCALENDAR-ALLDAYEVENT",
        "X-FUNAMBOL-ALLDAY",
    ];

    /// <summary>Reads DTSTART, DTEND, DURATION and what programs add to them.</summary>
    /// <param name="lines">The event.</param>
    /// <param name="here">The Schedule's zone.</param>
    public static (EventSpan? Span, Misread? Misread) Of(EventLines lines, DateTimeZone here)
    {
        if (lines.Of("DTSTART") is not { } first)
            return (null, new(null, "DTSTART"));
        if (Stamp.Read(first) is not { } start)
            return (null, new(first, DateWords));
        var last = lines.Of("DTEND") ?? lines.Of("DURATION");
        var zone = start.IsDate ? null : start.ZoneOf(lines.Calendar, here);
        LocalDateTime? end = last switch
        {
            null => start.Local,
            { Name: "DURATION" } => Added(last.Value, start.Local),
            _ => Stamp.Read(last) is { } stamp ? In(stamp, start, zone, lines, here) : null,
        };
        if (end is not { } to)
            return (null, new(last, last?.Name == "DTEND" ? DateWords : "a duration such as P1D or PT8H"));
        // Only the date of an end on the start's own day counts, since a program may have moved its time by its zone.
        if (to < start.Local && !(start.IsDate && to.Date == start.Local.Date))
            return (null, new(last, EndWords));
        var isMarked = WholeDayMarks.Any(mark => lines.Of(mark)?.Value.ToUpperInvariant() is "TRUE" or "1");
        if (start.IsDate || (start.IsMidnight && (isMarked || IsWhole(start.Local, to))))
            return (Days(start.Local, to, null), null);
        // Whole days of another zone, told in UTC.
        foreach (var other in start.IsUtc ? Zones(lines.Calendar, here) : [])
        {
            var (from, until) = (Moved(start.Local, other), Moved(to, other));
            if (IsWhole(from, until) || (isMarked && from.TimeOfDay == LocalTime.Midnight))
                return (Days(from, until, other), null);
        }

        if (isMarked)
            return (null, new(first, "an all-day event from midnight to midnight"));
        return to == start.Local && (start.IsMidnight || IsMidnightHere(start, lines.Calendar, here))
            ? (null, new(first, "a length, or VALUE=DATE, since an event at midnight without a length may be a day"))
            : (new(start.Local, to, false, zone), null);
    }

    /// <summary>
    /// Times of day that may be meant as days: told in UTC, and as long as days are, those on which clocks change and
    /// those that end a minute early included.
    /// </summary>
    public bool MayBeDays
    {
        get
        {
            if (IsDays || Zone != DateTimeZone.Utc)
                return false;
            var minutes = Period.Between(Start, End, PeriodUnits.Minutes).Minutes;
            var off = minutes - (Math.Max(1, (minutes + 720) / 1440) * 1440);
            return off is >= -1 and <= 0 or -60 or -61 or 59 or 60;
        }
    }

    /// <summary>A stamp of another line as a local time of the event; null: its zone is not known.</summary>
    public LocalDateTime? Local(Stamp stamp, Stamp start, EventLines lines, DateTimeZone here) =>
        // Beside whole days midnight of another zone, told in UTC, is that of the Schedule's.
        IsDays && Zone is null && stamp is { IsUtc: true, IsMidnight: false } && stamp.Local.TimeOfDay < LastMinute
            ? Moved(stamp.Local, here)
        : Zone is null || stamp.IsDate || stamp.Zone is null || (stamp.Zone == start.Zone && !(IsDays && start.IsUtc))
            ? stamp.Local
        : stamp.At(lines.Calendar, here)?.InZone(Zone).LocalDateTime;

    private static LocalDateTime? In(
        Stamp stamp,
        Stamp start,
        DateTimeZone? zone,
        EventLines lines,
        DateTimeZone here
    ) =>
        // Beside a date only the date of the end counts; an end without a zone is in that of the start.
        start.IsDate
        || stamp.IsDate
        || stamp.Zone is null
        || stamp.Zone == start.Zone
            ? stamp.Local
        : zone is null ? null
        : stamp.At(lines.Calendar, here)?.InZone(zone).LocalDateTime;

    private static bool IsMidnightHere(Stamp start, CalendarLines calendar, DateTimeZone here) =>
        start.IsUtc && Zones(calendar, here).Any(zone => Moved(start.Local, zone).TimeOfDay == LocalTime.Midnight);

    private static IEnumerable<DateTimeZone> Zones(CalendarLines calendar, DateTimeZone here) =>
        calendar.Zone is { } name && Stamp.Known(name) is { } own ? [here, own] : [here];

    /// <summary>The start of a day whose midnight clocks skip is its midnight here.</summary>
    private static LocalDateTime Moved(LocalDateTime utc, DateTimeZone zone)
    {
        var local = utc.InUtc().ToInstant().InZone(zone).LocalDateTime;
        return local == zone.AtStartOfDay(local.Date).LocalDateTime ? local.Date.AtMidnight() : local;
    }

    /// <summary>From midnight to midnight, or to the last minute of a day, as some programs write it.</summary>
    private static bool IsWhole(LocalDateTime start, LocalDateTime end) =>
        start.TimeOfDay == LocalTime.Midnight
        && end > start
        && (end.TimeOfDay == LocalTime.Midnight || end.TimeOfDay >= LastMinute);

    /// <summary>An end on the start's day is one day, as many programs write it.</summary>
    private static EventSpan Days(LocalDateTime start, LocalDateTime end, DateTimeZone? zone)
    {
        var last = end.TimeOfDay == LocalTime.Midnight ? end.Date : end.Date.PlusDays(1);
        var first = start.Date;
        return new(first.AtMidnight(), (last > first ? last : first.PlusDays(1)).AtMidnight(), true, zone);
    }

    /// <summary>Null: it is no duration, or longer than can be told.</summary>
    private static LocalDateTime? Added(string duration, LocalDateTime start)
    {
        if (Duration().Match(duration) is not { Success: true } found)
            return null;
        long Part(int group) =>
            found.Groups[group] is { Success: true } part ? long.Parse(part.Value, CultureInfo.InvariantCulture) : 0;
        var (days, hours) = ((Part(1) * 7) + Part(2), Part(3));
        return days + (hours / 24) < 40_000
            ? start.PlusDays((int)days).PlusHours(hours).PlusMinutes(Part(4)).PlusSeconds(Part(5))
            : null;
    }

    [GeneratedRegex(@"^\+?P(?=.)(?:(\d{1,6})W)?(?:(\d{1,6})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,6})S)?)?$")]
    private static partial Regex Duration();
}
