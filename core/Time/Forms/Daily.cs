using Ebb.Core.Time.Specs;
using Ebb.Core.Time.Windows;
using NodaTime;

namespace Ebb.Core.Time.Forms;

/// <summary>
/// A <c>Schedule</c> of type Daily: from startTime to endTime each day, over midnight when the end is earlier.
/// </summary>
internal static class Daily
{
    public static Window? Read(SpecReader spec, DateTimeZone? zone, DaysOff daysOff) =>
        Read(spec, zone, WeekDays.All, daysOff);

    public static Window? Read(SpecReader spec, DateTimeZone? zone, WeekDays? days, DaysOff daysOff)
    {
        var (start, end) = (TimeTexts.Time(spec, "startTime"), TimeTexts.Time(spec, "endTime"));
        if (start is { } from && from == end)
        {
            spec.Fault(
                "endTime",
                "another time than startTime, since the end is excluded",
                SpecFault.Quoted(spec.Text("endTime"))
            );
            return null;
        }

        return zone is not null && start is { } first && end is { } last && days is { } on
            ? Window.Recurring(zone, first, last, on, daysOff)
            : null;
    }
}
