using Ebb.Core.Time.Specs;
using Ebb.Core.Time.Windows;
using NodaTime;
using NodaTime.Text;

namespace Ebb.Core.Time.Forms;

/// <summary>Times, dates and zones as manifests write them.</summary>
internal static class TimeTexts
{
    private static readonly LocalDateTimePattern MinutePattern = LocalDateTimePattern.CreateWithInvariantCulture(
        "uuuu-MM-dd'T'H:mm"
    );
    private static readonly OffsetPattern Colon = OffsetPattern.CreateWithInvariantCulture("+HH:mm");
    private static readonly OffsetPattern Plain = OffsetPattern.CreateWithInvariantCulture("+HHmm");

    /// <summary><c>yyyy-MM-ddTHH:mm</c>.</summary>
    public static LocalDateTime? Minute(string text) =>
        MinutePattern.Parse(text).TryGetValue(default, out var minute) ? minute : null;

    /// <summary><c>yyyy-MM-dd</c>.</summary>
    public static LocalDate? Date(string text) =>
        LocalDatePattern.Iso.Parse(text).TryGetValue(default, out var date) ? date : null;

    /// <summary><c>HH:mm</c> with an offset: <c>+05:30</c>, <c>+0530</c> or <c>Z</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="parse">How the time is read.</param>
    public static OffsetTime? TimeAtOffset(string text, Func<string, LocalTime?> parse)
    {
        var at = text.LastIndexOfAny(['+', '-', 'Z', 'z']);
        if (at <= 0 || parse(text[..at]) is not { } time)
            return null;
        var offset = text[at..];
        if (offset is "Z" or "z")
            return new OffsetTime(time, Offset.Zero);
        return
            Colon.Parse(offset).TryGetValue(default, out var parsed)
            || Plain.Parse(offset).TryGetValue(default, out parsed)
            ? new OffsetTime(time, parsed)
            : null;
    }

    /// <summary>RFC 3339.</summary>
    public static OffsetDateTime? DateTimeAtOffset(string text) =>
        OffsetDateTimePattern.Rfc3339.Parse(text).TryGetValue(default, out var found) ? found : null;

    /// <summary>An IANA zone by its exact name; empty is UTC.</summary>
    public static DateTimeZone? Zone(string? name) =>
        string.IsNullOrEmpty(name) ? DateTimeZone.Utc : TimeZones.Find(name);

    public static T? Read<T>(SpecReader spec, string member, string expected, Func<string, T?> parse)
        where T : struct
    {
        if (spec.Text(member, expected) is not { } text)
            return null;
        if (parse(text) is { } value)
            return value;
        spec.Fault(member, expected, SpecFault.Quoted(text));
        return null;
    }
}
