using Ebb.Core.Time.Specs;
using Ebb.Core.Time.Windows;
using NodaTime;

namespace Ebb.Core.Time.Forms;

/// <summary>
/// A range of a <c>ServiceScaler</c> of kind ZonedDateTime: once, between two instants written as RFC 3339.
/// </summary>
internal static class ZonedDateTimeRange
{
    private const string Words = "a date and time as in RFC 3339 such as 2026-01-11T08:00:00+05:30";

    public static Window? Read(SpecReader range)
    {
        var (from, to) = (
            TimeTexts.Read<OffsetDateTime>(range, "from", Words, TimeTexts.DateTimeAtOffset),
            TimeTexts.Read<OffsetDateTime>(range, "to", Words, TimeTexts.DateTimeAtOffset)
        );
        if (from is not { } start || to is not { } end)
            return null;
        if (end.ToInstant() > start.ToInstant())
            return Window.Once(
                DateTimeZone.ForOffset(start.Offset),
                start.LocalDateTime,
                end.WithOffset(start.Offset).LocalDateTime
            );
        range.Fault("to", "a time after from", SpecFault.Quoted(range.Text("to")));
        return null;
    }
}
