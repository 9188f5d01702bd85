using Ebb.Core.Time.Specs;
using Ebb.Core.Time.Windows;
using NodaTime;

namespace Ebb.Core.Time.Forms;

/// <summary>
/// A <c>Schedule</c> of type Weekly: a daily window on each day from startDayOfWeek to endDayOfWeek, not one long
/// window. One over midnight belongs to the day it starts on; Saturday to Monday is Saturday, Sunday and Monday.
/// </summary>
internal static class Weekly
{
    private const string Words = "a day of the week from Sunday to Saturday";

    public static Window? Read(SpecReader spec, DateTimeZone? zone, DaysOff daysOff)
    {
        var (first, last) = (Day(spec, "startDayOfWeek"), Day(spec, "endDayOfWeek"));
        WeekDays? days = first is { } from && last is { } to ? WeekDays.Through(from, to) : null;
        return Daily.Read(spec, zone, days, daysOff);
    }

    private static IsoDayOfWeek? Day(SpecReader spec, string member) =>
        TimeTexts.Read<IsoDayOfWeek>(
            spec,
            member,
            Words,
            text =>
                Enum.TryParse<IsoDayOfWeek>(text, out var day) && day.ToString() == text && day != IsoDayOfWeek.None
                    ? day
                    : null
        );
}
