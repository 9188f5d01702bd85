using Ebb.Core.Time.Specs;
using NodaTime;
using NodaTime.Text;

namespace Ebb.Core.Time.Forms;

/// <summary>Times, dates and zones as manifests write them.</summary>
internal static class TimeTexts
{
    public const string TimeWords = "a time of day such as 08:30";
    public const string ZoneWords = "an IANA time zone such as Europe/Berlin";

    private static readonly LocalTimePattern TimePattern = LocalTimePattern.CreateWithInvariantCulture("H:mm");
    private static readonly LocalDateTimePattern MinutePattern = LocalDateTimePattern.CreateWithInvariantCulture(
        "uuuu-MM-dd'T'H:mm"
    );
    private static readonly OffsetPattern Colon = OffsetPattern.CreateWithInvariantCulture("+HH:mm");
    private static readonly OffsetPattern Plain = OffsetPattern.CreateWithInvariantCulture("+HHmm");

    /// <summary><c>HH:mm</c>, the hour with one digit or two.</summary>
    public static LocalTime? Time(string text) =>
        TimePattern.Parse(text).TryGetValue(default, out var time) ? time : null;

    /// <summary><c>yyyy-MM-ddTHH:mm</c>.</summary>
    public static LocalDateTime? Minute(string text) =>
        MinutePattern.Parse(text).TryGetValue(default, out var minute) ? minute : null;

    /// <summary><c>yyyy-MM-dd</c>.</summary>
    public static LocalDate? Date(string text) =>
        LocalDatePattern.Iso.Parse(text).TryGetValue(default, out var date) ? date : null;

    /// <summary><c>HH:mm</c> with an offset: <c>+05:30</c>, <c>+0530</c> or <c>Z</c>.</summary>
    public static OffsetTime? TimeAtOffset(string text)
    {
        var at = text.LastIndexOfAny(['+', '-', 'Z', 'z']);
        if (at <= 0 || Time(text[..at]) is not { } time)
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
        string.IsNullOrEmpty(name) ? DateTimeZone.Utc : DateTimeZoneProviders.Tzdb.GetZoneOrNull(name);

    /// <summary>A time of day in a member; a fault when it is missing or none.</summary>
    public static LocalTime? Time(SpecReader spec, string member) => Read(spec, member, TimeWords, Time);

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
