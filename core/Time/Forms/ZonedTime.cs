using Ebb.Core.Time.Specs;
using Ebb.Core.Time.Windows;
using NodaTime;

namespace Ebb.Core.Time.Forms;

/// <summary>
/// A range of a <c>ServiceScaler</c> of kind ZonedTime: each day from one time to another, both at an offset from UTC;
/// over midnight when the end is earlier. The day is that of the start's offset.
/// </summary>
internal static class ZonedTime
{
    private const string Words = "a time of day with its offset from UTC such as 08:00+05:30";

    public static Window? Read(SpecReader range)
    {
        var (from, to) = (
            TimeTexts.Read<OffsetTime>(range, "from", Words, TimeTexts.TimeAtOffset),
            TimeTexts.Read<OffsetTime>(range, "to", Words, TimeTexts.TimeAtOffset)
        );
        if (from is not { } start || to is not { } end)
            return null;
        // Both ends on one clock; LocalTime goes round midnight by itself.
        var last = end.TimeOfDay.PlusSeconds(start.Offset.Seconds - end.Offset.Seconds);
        if (last != start.TimeOfDay)
            return Window.Recurring(DateTimeZone.ForOffset(start.Offset), start.TimeOfDay, last, WeekDays.All);
        range.Fault("to", "another time than from, since the end is excluded", SpecFault.Quoted(range.Text("to")));
        return null;
    }
}
