using Ebb.Core.Time.Specs;
using Ebb.Core.Time.Windows;
using NodaTime;

namespace Ebb.Core.Time.Forms;

/// <summary>
/// A <c>Schedule</c> of type Weekly: a daily window on each day from startDayOfWeek to endDayOfWeek. One over midnight
/// belongs to the day it starts on; Saturday to Monday is Saturday, Sunday and Monday; start = end is a whole day. With
/// <c>continuous: true</c> it is one stretch instead, from the first day's startTime to the last day's endTime.
/// </summary>
internal static class Weekly
{
    private const string Words = "a day of the week from Sunday to Saturday, whole or its first three letters";

    public static Window? Read(SpecReader spec, DateTimeZone? zone, DaysOff daysOff)
    {
        var (first, last) = (Day(spec, "startDayOfWeek"), Day(spec, "endDayOfWeek"));
        var (start, end) = Daily.Times(spec);
        if (first is not { } from || last is not { } to || start is not { } at || end is not { } until)
            return null;
        if (!spec.Flag("continuous"))
            return zone is null ? null : Window.Recurring(zone, at, until, WeekDays.Through(from, to), daysOff);
        var isToMidnight = until == LocalTime.Midnight && spec.Text("endTime") == "24:00";
        if (from != to || at != until || isToMidnight)
            return zone is null ? null : Window.Weekly(zone, from, at, to, isToMidnight ? null : until, daysOff);
        spec.Fault("endTime", TimesOfDay.Clearer("startTime"), SpecFault.Quoted(spec.Text("endTime")));
        return null;
    }

    private static IsoDayOfWeek? Day(SpecReader spec, string member) =>
        TimeTexts.Read<IsoDayOfWeek>(
            spec,
            member,
            Words,
            text =>
                WeekDays.Named(text) is { } day && (text == day.ToString() || text == day.ToString()[..3]) ? day : null
        );
}
