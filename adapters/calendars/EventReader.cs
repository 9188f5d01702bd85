using Ebb.Core.Time.Specs;
using Ebb.Core.Time.Windows;
using NodaTime;

namespace Ebb.Calendars;

/// <summary>
/// The events of one file as days and times that are taken; what is not understood is told and left out.
/// </summary>
internal sealed class EventReader(string name, CalendarUse use)
{
    private readonly Recurrence _recurrence = new();
    private readonly List<DateRange> _once = [];
    private readonly List<DateRange> _everyYear = [];
    private readonly List<(Instant, Instant)> _busy = [];
    private readonly List<SpecFault> _misread = [];
    private int _timed;

    public CalendarReading Read(IReadOnlyList<EventLines> events)
    {
        var changed = events
            .Where(one => one.Of("RECURRENCE-ID") is not null)
            .ToLookup(one => one.Of("UID")?.Value ?? "", StringComparer.Ordinal);
        foreach (var one in Newest(events))
        {
            if (Add(one, changed) is not { } misread)
                continue;
            Tell(one, misread);
            if (_recurrence.IsExhausted)
                return CalendarReading.Unreadable(
                    _misread[^1] with
                    {
                        Expected = "rules that come again less often, all together until 2060",
                    }
                );
        }

        var isTaken = _once.Count + _everyYear.Count + _busy.Count > 0;
        if (_timed > 0 && !isTaken)
            _misread.Add(
                new SpecFault(
                    name,
                    "all-day events, or mode: busy",
                    $"nothing but events at a time of day ({_timed}), which say nothing of days"
                )
            );
        if (use.Strict && _misread.Count > 0)
            return CalendarReading.Unreadable(_misread);
        // Nothing of it was misread, but it may not be what was meant. Times of day may well all be free.
        if (!isTaken && _misread.Count == 0 && (events.Count == 0 || !use.Busy))
            _misread.Add(
                new SpecFault(
                    name,
                    "events that make days off",
                    events.Count switch
                    {
                        0 => "no event (VEVENT)",
                        1 => "one event, which makes none",
                        _ => $"none among {events.Count} events",
                    }
                )
            );
        return new(DaysOff.Of(_once, _everyYear, _busy.Count > 0 ? new BusyTimes(_busy) : null), [], _misread);
    }

    private void Tell(EventLines one, Misread misread) =>
        _misread.Add(
            new SpecFault(
                $"{name} line {misread.Line?.Number ?? one.Number}, event {one.Title}",
                misread.Expected,
                SpecFault.Quoted(misread.Line?.Text)
            )
        );

    /// <summary>
    /// Of those that are the same event (UID, RECURRENCE-ID) only what was written last (RFC 5545, 3.8.7.4): the
    /// highest SEQUENCE. Which of those with the same SEQUENCE is the newer one cannot be known: all of them are taken,
    /// and it is told where they differ.
    /// </summary>
    private IEnumerable<EventLines> Newest(IReadOnlyList<EventLines> events)
    {
        var first = new Dictionary<(string, string?), EventLines>();
        foreach (var one in events.Where(one => one.Key is not null))
            if (!first.TryGetValue(one.Key!.Value, out var other) || one.Sequence > other.Sequence)
                first[one.Key.Value] = one;
        foreach (var one in events)
        {
            if (one.Key is not { } key || first[key] is not { } newest || ReferenceEquals(newest, one))
                yield return one;
            else if (one.Sequence == newest.Sequence && !one.Says(newest))
            {
                Tell(one, new(one.Of("UID"), "a UID of its own, or a higher SEQUENCE; all are taken"));
                yield return one;
            }
        }
    }

    private Misread? Add(EventLines lines, ILookup<string, EventLines> changed)
    {
        if (string.Equals(lines.Of("STATUS")?.Value, "CANCELLED", StringComparison.OrdinalIgnoreCase))
            return null;
        if (lines.Lines.Find(line => line is { IsCut: true, Name: not "SUMMARY" }) is { } cut)
            return new(cut with { Text = cut.Name }, $"at most {ContentLine.Longest} characters, unfolded");
        if (lines.Of("EXRULE") is { } exception)
            return new(exception, "no EXRULE");
        var (span, misread) = EventSpan.Of(lines, use.Zone);
        if (span is null)
            return misread;
        var isTransparent = lines.Of("TRANSP")?.Value.ToUpperInvariant() == "TRANSPARENT";
        if (!span.IsDays && (!use.Busy || isTransparent || span.End == span.Start))
        {
            if (!use.Busy && span.MayBeDays)
                return new(
                    lines.Of("DTSTART"),
                    $"whole days of {use.Zone.Id}, UTC or X-WR-TIMEZONE, since 24 hours told in UTC may be a day "
                        + "elsewhere"
                );
            _timed += use.Busy ? 0 : 1;
            return null;
        }

        if (!span.IsDays && span.Zone is null)
            return new(lines.Of("DTSTART"), "a time zone that is known");
        var series = new EventSeries(lines, span, use.Zone, _recurrence);
        return lines.Of("RECURRENCE-ID") is { } moved ? One(series, moved)
            : series.Read(changed[lines.Of("UID")?.Value ?? ""]) is { } wrong ? wrong
            : Take(series);
    }

    /// <summary>One of a series that is at another time: the series leaves it out, and it stands for itself.</summary>
    private Misread? One(EventSeries series, ContentLine moved)
    {
        if (moved.Of("RANGE") is not null)
            return new(moved, "no RANGE");
        Take(series);
        return null;
    }

    private Misread? Take(EventSeries series)
    {
        var (first, last) = (series.Span.Start, series.Span.End);
        if (series.IsEveryYear)
            _everyYear.Add(new DateRange(first.Date, last.Date.PlusDays(-1)));
        var length = Period.Between(first, last, PeriodUnits.Days | PeriodUnits.AllTimeUnits);
        foreach (var start in series.Starts)
        {
            if (series.Span.IsDays)
                _once.Add(new DateRange(start.Date, start.Date.PlusDays(length.Days - 1)));
            else
                _busy.Add((Instant(start), Instant(start + length)));
        }

        return series.Unsynchronized;

        Instant Instant(LocalDateTime local) => series.Span.Zone!.AtLeniently(local).ToInstant();
    }
}
