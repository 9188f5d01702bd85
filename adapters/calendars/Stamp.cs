using System.Globalization;
using Ebb.Core.Time.Windows;
using NodaTime;

namespace Ebb.Calendars;

/// <summary>A date, or a date and time, as a calendar writes it.</summary>
/// <param name="Local">What is written; midnight for a date.</param>
/// <param name="IsDate">It has no time of day.</param>
/// <param name="Zone">The name of its zone, "UTC" with a Z; null: none, it is the same wherever one is.</param>
internal readonly record struct Stamp(LocalDateTime Local, bool IsDate, string? Zone)
{
    private const string Utc = "UTC";

    /// <summary>Without a time, or at midnight as it is written.</summary>
    public bool IsMidnight => Local.TimeOfDay == LocalTime.Midnight;

    /// <summary>It is written in UTC.</summary>
    public bool IsUtc => Zone == Utc;

    /// <summary>The first value of a line; null: it is none.</summary>
    public static Stamp? Read(ContentLine line) => Read(line.Value, line.Of("VALUE"), line.Of("TZID"));

    /// <summary>
    /// 20261225, 20261225T080000 or 20261225T080000Z. A VALUE of DATE may stand beside a time that is midnight.
    /// </summary>
    public static Stamp? Read(string text, string? type, string? zone)
    {
        var isUtc = text.EndsWith('Z');
        var digits = isUtc ? text[..^1] : text;
        if (digits.Length is not (8 or 15) || Date(digits[..8]) is not { } date)
            return null;
        var isDate = string.Equals(type, "DATE", StringComparison.OrdinalIgnoreCase);
        if (digits.Length == 8)
            return isUtc ? null : new Stamp(date.AtMidnight(), true, null);
        if (
            digits[8] != 'T'
            || Number(digits[9..11], 23) is not { } hour
            || Number(digits[11..13], 59) is not { } minute
            || Number(digits[13..], 60) is not { } second
        )
            return null;
        // A leap second is told as the one before it.
        var local = date.At(new LocalTime(hour, minute, Math.Min(second, 59)));
        return !isDate ? new Stamp(local, false, isUtc || IsNamedUtc(zone) ? Utc : zone)
            : local.TimeOfDay == LocalTime.Midnight ? new Stamp(local, true, null)
            : null;
    }

    /// <summary>When it is; null: its zone is not known.</summary>
    /// <param name="calendar">Where it is written.</param>
    /// <param name="here">The zone of what has none.</param>
    public Instant? At(CalendarLines calendar, DateTimeZone here) =>
        ZoneOf(calendar, here)?.AtLeniently(Local).ToInstant();

    /// <summary>Its zone; null: it is not known.</summary>
    public DateTimeZone? ZoneOf(CalendarLines calendar, DateTimeZone here) =>
        Zone is null ? here
        : IsUtc ? DateTimeZone.Utc
        : Known(Zone) ?? (calendar.ZoneNames.TryGetValue(Zone, out var name) ? Known(name) : null);

    /// <summary>
    /// By its IANA name, also where a program writes it after a path of its own, or by its name in Windows.
    /// </summary>
    public static DateTimeZone? Known(string name)
    {
        for (var at = name.Length > 0 ? 0 : -1; at >= 0; at = name.IndexOf('/', at + 1))
            if (TimeZones.Find(name[at..].TrimStart('/')) is { } zone)
                return zone;
        return TimeZones.FindWindows(name);
    }

    /// <summary>As Etc/UTC is.</summary>
    private static bool IsNamedUtc(string? zone) =>
        zone is not null
        && Known(zone) is { } known
        && known.MinOffset == Offset.Zero
        && known.MaxOffset == Offset.Zero;

    /// <summary>Years for which there is room around.</summary>
    private static LocalDate? Date(string digits) =>
        DateOnly.TryParseExact(digits, "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
        && date.Year is > 1 and < 9900
            ? LocalDate.FromDateOnly(date)
            : null;

    private static int? Number(string digits, int most) =>
        int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= most
            ? number
            : null;
}
