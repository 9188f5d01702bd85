using System.Globalization;
using Ebb.Core.Time.Specs;

namespace Ebb.Calendars;

/// <summary>An event as its lines.</summary>
/// <param name="Number">The line on which it begins.</param>
/// <param name="Calendar">The calendar that it stands in.</param>
/// <param name="Lines">Those that say anything here, in order.</param>
internal sealed record EventLines(int Number, CalendarLines Calendar, List<ContentLine> Lines)
{
    public ContentLine? Of(string name) => Lines.Find(line => line.Name == name);

    public IEnumerable<ContentLine> All(string name) => Lines.Where(line => line.Name == name);

    /// <summary>What it is the same event by in all that is written of it; null: it has no UID.</summary>
    public (string Uid, string? Recurrence)? Key =>
        Of("UID")?.Value is { Length: > 0 } uid ? (uid, Of("RECURRENCE-ID")?.Value) : null;

    /// <summary>How often it was changed; one that is not a number counts as none.</summary>
    public int Sequence =>
        int.TryParse(Of("SEQUENCE")?.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : 0;

    /// <summary>It says the same of when it is.</summary>
    public bool Says(EventLines other) =>
        Times.Length == other.Times.Length && Times.SequenceEqual(other.Times, StringComparer.Ordinal);

    /// <summary>In order; worked out once, since many may be compared with one that is long.</summary>
    private string[] Times =>
        field ??= [
            .. Lines
                .Where(line => line.Name is not ("SUMMARY" or "SEQUENCE"))
                .Select(line => line.Text)
                .Order(StringComparer.Ordinal),
        ];

    /// <summary>What a person knows it by.</summary>
    public string Title => SpecFault.Quoted(Of("SUMMARY")?.Value ?? Of("UID")?.Value ?? "");
}

/// <summary>A calendar, of which a file may hold several.</summary>
internal sealed class CalendarLines
{
    /// <summary>The zone that it is kept in, where it says so.</summary>
    public string? Zone { get; set; }

    /// <summary>Its own names of zones, with the common ones where it tells them.</summary>
    public Dictionary<string, string> ZoneNames { get; } = [];
}

/// <summary>An iCalendar file as its events.</summary>
internal static class CalendarText
{
    private static readonly HashSet<string> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        "BEGIN",
        "END",
        "DTSTART",
        "DTEND",
        "DURATION",
        "RRULE",
        "EXRULE",
        "RDATE",
        "EXDATE",
        "RECURRENCE-ID",
        "STATUS",
        "SUMMARY",
        "UID",
        "SEQUENCE",
        "TRANSP",
        "TZID",
        "X-LIC-LOCATION",
        "X-WR-TIMEZONE",
        "X-MICROSOFT-CDO-ALLDAYEVENT",
        "X-MICROSOFT-MSNCALENDAR-ALLDAYEVENT",
        "X-FUNAMBOL-ALLDAY",
    };

    /// <summary>
    /// All events of all calendars, or what is wrong with the file as a whole: then it may be half of one.
    /// </summary>
    public static (List<EventLines> Events, SpecFault? Fault) Read(string text, string name)
    {
        List<EventLines> events = [];
        Stack<string> open = [];
        var (calendar, isCalendar, zone) = (new CalendarLines(), false, "");
        foreach (var line in ContentLine.Of(text, Names))
        {
            if (line.Name == "BEGIN")
            {
                open.Push(line.Value.ToUpperInvariant());
                if (open.Count == 1 && open.Peek() == "VCALENDAR")
                    (calendar, isCalendar) = (new CalendarLines(), true);
                else if (open.Count == 2 && open.Peek() == "VEVENT")
                    events.Add(new EventLines(line.Number, calendar, []));
            }
            else if (line.Name == "END")
            {
                if (!open.TryPop(out var last) || !last.Equals(line.Value, StringComparison.OrdinalIgnoreCase))
                    return (events, Unpaired(SpecFault.Quoted(line.Text), line.Number));
            }
            else if (open.Count == 2 && open.Peek() == "VEVENT")
            {
                events[^1].Lines.Add(line);
            }
            else if (open.Count == 2 && open.Peek() == "VTIMEZONE")
            {
                if (line.Name == "TZID")
                    zone = line.Value;
                else if (line.Name == "X-LIC-LOCATION")
                    calendar.ZoneNames[zone] = line.Value;
            }
            else if (line.Name == "X-WR-TIMEZONE")
            {
                calendar.Zone = line.Value;
            }
        }

        if (open.Count > 0)
            return (events, Unpaired("the end of the file", null));
        return isCalendar
            ? (events, null)
            : (events, new SpecFault(name, "an iCalendar file that begins with BEGIN:VCALENDAR", "something else"));

        SpecFault Unpaired(string found, int? line) =>
            new(line is null ? name : $"{name} line {line}", "each BEGIN with its END", found);
    }
}
