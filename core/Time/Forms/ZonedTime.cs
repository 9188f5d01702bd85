using Ebb.Core.Time.Specs;
using Ebb.Core.Time.Windows;
using NodaTime;

namespace Ebb.Core.Time.Forms;

/// <summary>
/// A range of a <c>ServiceScaler</c> of kind ZonedTime: each day from one time to another, both at an offset from UTC;
/// over midnight when the end is not later; the end may be 24:00. The day is that of the start's offset.
/// </summary>
internal static class ZonedTime
{
    private const string Words = "a time of day with its offset from UTC such as 08:00+05:30";
    private const string EndWords = $"{Words} or 24:00+05:30";

    public static Window? Read(SpecReader range)
    {
        var (from, to) = (
            TimeTexts.Read<OffsetTime>(range, "from", Words, text => TimeTexts.TimeAtOffset(text, TimesOfDay.Start)),
            TimeTexts.Read<OffsetTime>(range, "to", EndWords, text => TimeTexts.TimeAtOffset(text, TimesOfDay.End))
        );
        if (from is not { } start || to is not { } end)
            return null;
        // Both ends on one clock; LocalTime goes round midnight by itself.
        var last = end.TimeOfDay.PlusSeconds(start.Offset.Seconds - end.Offset.Seconds);
        if (!TimesOfDay.IsUnclear(start.TimeOfDay, last, range.Text("to"), daysAreNamed: false))
            return Window.Recurring(DateTimeZone.ForOffset(start.Offset), start.TimeOfDay, last, WeekDays.All);
        range.Fault("to", TimesOfDay.Clearer("from"), SpecFault.Quoted(range.Text("to")));
        return null;
    }
}
