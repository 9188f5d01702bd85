using System.Runtime.Serialization;
using Ebb.Core.Time.Specs;
using Ebb.Core.Time.Windows;
using Ical.Net;
using Ical.Net.Serialization;

namespace Ebb.Calendars;

/// <summary>
/// An iCalendar file (RFC 5545) as a list of days off. Every all-day event is a day off, or as many as it lasts;
/// <c>RRULE:FREQ=YEARLY</c> makes it one in each year from its own on. Events at a time of day say nothing of days;
/// cancelled ones do not take place.
/// </summary>
public static class CalendarFile
{
    private const int MostUnreadable = 20;

    /// <summary>
    /// The days off, or everything that is wrong (the first 20 lines that cannot be parsed); never both.
    /// </summary>
    /// <param name="text">The file.</param>
    /// <param name="name">What the paths of the faults begin with, such as the key in its ConfigMap.</param>
    public static (DaysOff? Days, IReadOnlyList<SpecFault> Faults) Read(string text, string name)
    {
        ArgumentNullException.ThrowIfNull(text);
        using var lines = new NumberedLines(text);
        List<SpecFault> faults = [];
        if (lines.TooLong is { } tooLong)
            return (
                null,
                [
                    new SpecFault(
                        $"{name} line {tooLong}",
                        $"at most {NumberedLines.Longest} characters, unfolded",
                        "more"
                    ),
                ]
            );
        var calendars = Parse(lines, name, faults);
        var isComplete = faults.Count == 0;
        List<DateRange> once = [];
        List<DateRange> yearly = [];
        foreach (var entry in calendars.SelectMany(calendar => calendar.Events))
        {
            // The start of an event may be what could not be parsed, and was told.
            if (isComplete || entry.Properties.ContainsKey("DTSTART"))
                AllDayEvent.Read(entry, lines, name, once, yearly, faults);
        }
        return faults.Count > 0 ? (null, faults) : (DaysOff.Of(once, yearly), []);
    }

    /// <summary>What cannot be parsed is told and taken out, and the rest is parsed again.</summary>
    private static List<Calendar> Parse(NumberedLines lines, string name, List<SpecFault> faults)
    {
        List<Calendar> calendars = [];
        var isWhole = false;
        while (!isWhole && faults.Count < MostUnreadable)
        {
            calendars.Clear();
            try
            {
                foreach (var component in SimpleDeserializer.Default.Deserialize(lines))
                {
                    if (component is Calendar calendar)
                        calendars.Add(calendar);
                }
                isWhole = true;
            }
            catch (Exception fault)
                when (fault is SerializationException or ArgumentException or FormatException or OverflowException)
            {
                var (number, line) = lines.Current ?? (1, "");
                var isBoundary = NumberedLines.IsBoundary(line);
                faults.Add(
                    new SpecFault(
                        $"{name} line {number}",
                        isBoundary
                            ? "each BEGIN with its END"
                            : $"a value that RFC 5545 allows for {line.Split(':', ';')[0]}",
                        lines.AtEnd && isBoundary ? "the end of the file" : SpecFault.Quoted(line)
                    )
                );
                if (isBoundary)
                    return calendars;
                lines.SkipCurrent();
            }
        }

        if (calendars.Count == 0 && faults.Count == 0)
            faults.Add(new SpecFault(name, "an iCalendar file that begins with BEGIN:VCALENDAR", "something else"));
        return calendars;
    }
}
