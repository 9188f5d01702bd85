using Ebb.Core.Time.Specs;
using Ebb.Core.Time.Windows;
using NodaTime;

namespace Ebb.Core.Time.Forms;

/// <summary>A <c>Schedule</c> of type OneShot: once, from startTime to endTime, both with their date.</summary>
internal static class OneShot
{
    private const string Words = "a date and time such as 2026-09-01T10:00";

    public static Window? Read(SpecReader spec, DateTimeZone? zone, DaysOff daysOff)
    {
        var (start, end) = (
            TimeTexts.Read<LocalDateTime>(spec, "startTime", Words, TimeTexts.Minute),
            TimeTexts.Read<LocalDateTime>(spec, "endTime", Words, TimeTexts.Minute)
        );
        if (start is not { } from || end is not { } to)
            return null;
        if (to > from)
            return zone is null ? null : Window.Once(zone, from, to, daysOff);
        spec.Fault("endTime", "a time after startTime", SpecFault.Quoted(spec.Text("endTime")));
        return null;
    }
}
