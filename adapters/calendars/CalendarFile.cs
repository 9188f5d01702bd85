using Ebb.Core.Time.Specs;

namespace Ebb.Calendars;

/// <summary>
/// An iCalendar file (RFC 5545), as calendar programs write it, as a list of days off: every all-day event is a day
/// off, or as many as it lasts, each time that it comes again. Events at a time of day say nothing of days, and count
/// as they stand where they are asked for. Cancelled ones do not take place.
/// </summary>
public static class CalendarFile
{
    /// <summary>Characters of a file; a ConfigMap has at most 1 MiB.</summary>
    private const int Longest = 4 * 1024 * 1024;

    /// <summary>The days off; what was not understood is left out and told, unless the file is none.</summary>
    /// <param name="text">The file.</param>
    /// <param name="name">What the paths of faults begin with, such as the key in its ConfigMap.</param>
    /// <param name="use">What it is read for.</param>
    public static CalendarReading Read(string text, string name, CalendarUse use)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(use);
        if (text.Length > Longest)
            return CalendarReading.Unreadable(
                new SpecFault(name, $"at most {Longest} characters", $"{text.Length} characters")
            );
        var (events, fault) = CalendarText.Read(text, name);
        return fault is not null ? CalendarReading.Unreadable(fault) : new EventReader(name, use).Read(events);
    }
}
