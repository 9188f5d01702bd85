using NodaTime;

namespace Ebb.Calendars;

/// <summary>
/// All starts of an event: the first, those of its rule, those that are listed, without those taken out.
/// </summary>
internal sealed class EventSeries(EventLines lines, EventSpan span, DateTimeZone here, Recurrence recurrence)
{
    private const int LongestYearly = 300;

    /// <summary>RFC 5545 has one; some programs write a few.</summary>
    private const int MostRules = 8;
    private readonly HashSet<LocalDateTime> _starts = [span.Start];

    /// <summary>The event for the first time.</summary>
    public EventSpan Span => span;

    /// <summary>In local time, in no order.</summary>
    public IReadOnlyCollection<LocalDateTime> Starts => _starts;

    /// <summary>On the same date in each year from the first on, beside <see cref="Starts"/>.</summary>
    public bool IsEveryYear { get; private set; }

    /// <summary>Its first start is none of its rule's; both are taken.</summary>
    public Misread? Unsynchronized { get; private set; }

    /// <summary>Works out the starts; what is not understood, or null.</summary>
    /// <param name="changed">Those of the series that are events of their own.</param>
    public Misread? Read(IEnumerable<EventLines> changed)
    {
        HashSet<LocalDate> days = [];
        HashSet<LocalDateTime> times = [];
        foreach (
            var line in lines
                .All("EXDATE")
                .Concat(changed.Select(one => one.Of("RECURRENCE-ID")!).Where(line => line.Of("RANGE") is null))
        )
        foreach (var text in line.Value.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            if (Stamp.Read(text.Trim(), line.Of("VALUE"), line.Of("TZID")) is not { } stamp)
                return new(line, "dates, or dates and times");
            if (Local(stamp) is not { } local)
                return new(line, "a time zone that is known");
            if (span.IsDays || stamp.IsDate)
                days.Add(local.Date);
            else
                times.Add(local);
        }

        foreach (var line in lines.All("RDATE"))
        foreach (var text in line.Value.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            if (Stamp.Read(text.Trim(), line.Of("VALUE"), line.Of("TZID")) is not { } stamp)
                return new(line, "dates, or dates and times");
            if (Local(stamp) is not { } local)
                return new(line, "a time zone that is known");
            _starts.Add(
                span.IsDays ? local.Date.AtMidnight()
                : stamp.IsDate ? stamp.Local.Date + span.Start.TimeOfDay
                : local
            );
        }

        var rules = lines.All("RRULE").ToList();
        if (rules.Count > MostRules)
            return new(rules[MostRules], $"at most {MostRules} rules in an event");
        foreach (var rule in rules)
        {
            if (
                span.IsDays
                && days.Count == 0
                && Recurrence.IsYearly(rule.Value, span.Start.Date)
                && Period.DaysBetween(span.Start.Date, span.End.Date) <= LongestYearly
            )
            {
                IsEveryYear = true;
                continue;
            }

            if (recurrence.Of(rule.Value, span.Start, span.IsDays, Until) is not { } starts)
                return new(rule, "a rule of RFC 5545 that comes again at most daily");
            if (starts.Count == 0 || starts[0] != span.Start)
                starts = InUtc(rule.Value) ?? starts;
            if (starts.Count == 0 || starts[0] != span.Start)
                Unsynchronized = new(rule, "a rule that has DTSTART in it; both are taken");
            _starts.UnionWith(starts);
        }

        _starts.RemoveWhere(start => days.Contains(start.Date) || times.Contains(start));
        return null;
    }

    /// <summary>
    /// A rule of whole days that are told in UTC names the days of UTC, so that Friday in Berlin comes on Thursdays.
    /// Null: it does not, or has its first start not there either.
    /// </summary>
    private List<LocalDateTime>? InUtc(string rule)
    {
        var first = Stamp.Read(lines.Of("DTSTART")!)!.Value;
        if (!span.IsDays || !first.IsUtc || first.Local.Date == span.Start.Date)
            return null;
        var shift = Period.DaysBetween(first.Local.Date, span.Start.Date);
        var start = first.Local.Date.AtMidnight();
        var found = recurrence.Of(rule, start, true, stamp => Until(stamp)?.PlusDays(-shift));
        return found is [var one, ..] && one == start ? [.. found.Select(at => at.PlusDays(shift))] : null;
    }

    private LocalDateTime? Local(Stamp stamp) =>
        span.Local(stamp, Stamp.Read(lines.Of("DTSTART")!)!.Value, lines, here);

    /// <summary>
    /// A date includes all of it. Beside whole days only a date counts: midnight and the last second of a day are one
    /// as they are written, whatever zone they are told in.
    /// </summary>
    private LocalDateTime? Until(Stamp stamp)
    {
        if (stamp.IsDate)
            return stamp.Local.PlusDays(1).PlusSeconds(-1);
        if (!span.IsDays || span.Zone is null)
            return Local(stamp);
        return stamp.IsMidnight || stamp.Local.TimeOfDay >= new LocalTime(23, 59) || !stamp.IsUtc
            ? stamp.Local
            : stamp.At(lines.Calendar, here)?.InZone(span.Zone).LocalDateTime;
    }
}
