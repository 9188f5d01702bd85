using NodaTime;
using NodaTime.Text;

namespace Ebb.Core.Time.Forms;

/// <summary>
/// The two times of a window that comes again: <c>HH:mm</c>, the hour with one digit or two. An end may be 24:00, the
/// end of the day, which is midnight; an end at or before the start is on the day after.
/// </summary>
public static class TimesOfDay
{
    /// <summary>What a start is expected to be.</summary>
    public const string StartWords = "a time of day such as 08:30";

    /// <summary>What an end is expected to be.</summary>
    public const string EndWords = "a time of day such as 08:30, or 24:00";

    private const string EndOfDay = "24:00";

    private static readonly LocalTimePattern Pattern = LocalTimePattern.CreateWithInvariantCulture("H:mm");

    /// <summary>Null: it is none.</summary>
    public static LocalTime? Start(string text) => Pattern.Parse(text).TryGetValue(default, out var time) ? time : null;

    /// <summary>Null: it is none. 24:00 is midnight.</summary>
    public static LocalTime? End(string text) => text == EndOfDay ? LocalTime.Midnight : Start(text);

    /// <summary>
    /// Start and end are the same. That is a whole day where days are named, or where the end says so with 24:00; it
    /// is refused elsewhere, where it may as well be meant as never.
    /// </summary>
    public static bool IsUnclear(LocalTime? start, LocalTime? end, string? endText, bool daysAreNamed) =>
        start is { } from
        && from == end
        && !daysAreNamed
        && endText?.StartsWith(EndOfDay, StringComparison.Ordinal) != true;

    /// <summary>What is expected in place of an unclear end.</summary>
    /// <param name="start">The member with the start.</param>
    public static string Clearer(string start) => $"another time than {start} (00:00 to 24:00 is a whole day)";
}
