using Ebb.Core.Time.Specs;
using Ebb.Core.Time.Windows;
using Ical.Net.CalendarComponents;
using Ical.Net.DataTypes;
using LocalDate = NodaTime.LocalDate;

namespace Ebb.Calendars;

/// <summary>
/// One event as the days that it takes. Anything that makes an all-day event recur in another way than yearly, or moves
/// or takes out single days, is refused by name, since leaving it out would give wrong days.
/// </summary>
internal static class AllDayEvent
{
    private static readonly string[] Refused = ["EXDATE", "RDATE", "EXRULE", "RECURRENCE-ID"];

    public static void Read(
        CalendarEvent entry,
        NumberedLines lines,
        string name,
        List<DateRange> once,
        List<DateRange> yearly,
        List<SpecFault> faults
    )
    {
        if (string.Equals(entry.Status?.Trim(), "CANCELLED", StringComparison.OrdinalIgnoreCase))
            return;
        // Ical.Net gives an event without a UID one that is not in the file.
        var isNamed = entry.Summary is not null || lines.TextOf(entry.Properties["UID"]) is not null;
        var title = $"event {SpecFault.Quoted(isNamed ? entry.Summary ?? entry.Uid : "")}";
        var start = entry.Properties["DTSTART"];
        if (start is null)
        {
            faults.Add(new SpecFault($"{name}, {title}", "DTSTART", "nothing"));
            return;
        }

        var isDate = string.Equals(start.Parameters.Get("VALUE"), "DATE", StringComparison.OrdinalIgnoreCase);
        if (!isDate && entry.DtStart is { HasTime: true })
            return;
        var at = $"{name} line {NumberedLines.NumberOf(start)}, {title}";
        var known = faults.Count;
        foreach (var refused in Refused)
            if (entry.Properties.ContainsKey(refused))
                Fault($"no {refused}", refused);
        // By its text, because Ical.Net leaves out parts of a rule that it cannot read.
        var rule = lines.TextOf(entry.Properties["RRULE"]);
        if (
            rule is not null
            && (
                !rule.Trim().EndsWith(":FREQ=YEARLY", StringComparison.OrdinalIgnoreCase)
                || entry.Properties.CountOf("RRULE") > 1
            )
        )
            Fault("RRULE:FREQ=YEARLY and nothing more", "RRULE");
        if (DateOf(entry.DtStart) is not { } first)
            Fault("a date such as 20261225", "DTSTART");
        else if (LastDay(entry, first) is not { } last)
            Fault(
                "an end at least one day after the start",
                entry.Properties.ContainsKey("DTEND") ? "DTEND" : "DURATION"
            );
        else if (rule is not null && NodaTime.Period.DaysBetween(first, last) >= 300)
            Fault("a yearly event of at most 300 days", "RRULE");
        else if (faults.Count == known)
            (rule is null ? once : yearly).Add(new DateRange(first, last));

        void Fault(string expected, string property) =>
            faults.Add(new SpecFault(at, expected, SpecFault.Quoted(lines.TextOf(entry.Properties[property]))));
    }

    /// <summary>DTEND is the day after it. Without DTEND and DURATION an all-day event lasts one day.</summary>
    private static LocalDate? LastDay(CalendarEvent entry, LocalDate first)
    {
        if (entry.Properties.ContainsKey("DTEND"))
            return DateOf(entry.DtEnd) is { } after && after > first ? after.PlusDays(-1) : null;
        if (!entry.Properties.ContainsKey("DURATION"))
            return first;
        if (entry.Duration is not { HasTime: false, Sign: > 0 } duration)
            return null;
        var days = ((duration.Weeks ?? 0) * 7L) + (duration.Days ?? 0);
        return days is > 0 and < 10_000 ? first.PlusDays((int)days - 1) : null;
    }

    /// <summary>
    /// Null: it has a time of day, or is empty, which Ical.Net reads as the year 1, or has no room for an end before
    /// 9999.
    /// </summary>
    private static LocalDate? DateOf(CalDateTime? date) =>
        date is { HasTime: false, Year: > 1 and < 9900 } ? LocalDate.FromDateOnly(date.Date) : null;
}
