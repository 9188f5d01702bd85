using Ebb.Core.Time.Specs;
using Ebb.Core.Time.Windows;
using NodaTime;

namespace Ebb.Core.Time.Forms;

/// <summary>
/// A <c>Schedule</c> of type Monthly: a daily window on each of the days that <c>daysOfMonth</c> lists; start = end is
/// a whole day.
/// </summary>
internal static class Monthly
{
    private const string Words =
        "a day of the month such as 15, last, -3 (the third last), 25/last, last weekday, first Monday";

    public static Window? Read(SpecReader spec, DateTimeZone? zone, DaysOff daysOff)
    {
        var known = spec.Faults.Count;
        List<MonthDay> days = [];
        foreach (var (path, text) in spec.Texts("daysOfMonth", takesNumbers: true))
        {
            if (MonthDay.Parse(text) is { } day)
                days.Add(day);
            else
                spec.Root(path, Words, SpecFault.Quoted(text));
        }

        if (days.Count == 0 && spec.Faults.Count == known)
            spec.Fault("daysOfMonth", $"a list, each {Words}", "nothing");
        var (start, end) = Daily.Times(spec);
        return zone is not null && start is { } from && end is { } to && spec.Faults.Count == known
            ? Window.Monthly(zone, from, to, days, daysOff)
            : null;
    }
}
