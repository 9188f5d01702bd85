using Ebb.Core.Time.Specs;
using Ebb.Core.Time.Windows;
using NodaTime;

namespace Ebb.Core.Time.Forms;

/// <summary>
/// A <c>Schedule</c> of type Daily: from startTime to endTime each day, over midnight when the end is not later.
/// </summary>
internal static class Daily
{
    public static Window? Read(SpecReader spec, DateTimeZone? zone, DaysOff daysOff)
    {
        var (start, end) = Times(spec);
        if (!TimesOfDay.IsUnclear(start, end, spec.Text("endTime"), daysAreNamed: false))
            return zone is not null && start is { } from && end is { } to
                ? Window.Recurring(zone, from, to, WeekDays.All, daysOff)
                : null;
        spec.Fault("endTime", TimesOfDay.Clearer("startTime"), SpecFault.Quoted(spec.Text("endTime")));
        return null;
    }

    /// <summary>Both times; faults when they are missing or none.</summary>
    public static (LocalTime? Start, LocalTime? End) Times(SpecReader spec) =>
        (
            TimeTexts.Read<LocalTime>(spec, "startTime", TimesOfDay.StartWords, TimesOfDay.Start),
            TimeTexts.Read<LocalTime>(spec, "endTime", TimesOfDay.EndWords, TimesOfDay.End)
        );
}
