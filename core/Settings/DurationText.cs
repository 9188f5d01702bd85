using System.Globalization;
using System.Xml;
using NodaTime;

namespace Ebb.Core.Settings;

/// <summary>Durations as people write them: <c>5s</c>, <c>2min</c>, <c>PT5S</c>, <c>00:00:05</c>.</summary>
public static class DurationText
{
    /// <summary>Null: it is no duration.</summary>
    public static Duration? Parse(string text)
    {
        if (text.StartsWith('P'))
        {
            try
            {
                return Duration.FromTimeSpan(XmlConvert.ToTimeSpan(text));
            }
            catch (FormatException)
            {
                return null;
            }
            catch (OverflowException)
            {
                return null;
            }
        }
        if (text.Contains(':', StringComparison.Ordinal))
            return TimeSpan.TryParseExact(
                text,
                ["hh\\:mm\\:ss", "h\\:mm\\:ss", "d\\.hh\\:mm\\:ss", "hh\\:mm\\:ss\\.FFFFFFF"],
                CultureInfo.InvariantCulture,
                out var span
            )
                ? Duration.FromTimeSpan(span)
                : null;
        var digits = text.TakeWhile(c => char.IsAsciiDigit(c) || c == '.').Count();
        if (
            digits == 0
            || !double.TryParse(
                text.AsSpan(0, digits),
                NumberStyles.AllowDecimalPoint,
                CultureInfo.InvariantCulture,
                out var amount
            )
            || amount > 1e9
        )
            return null;
        return text[digits..].Trim().ToLowerInvariant() switch
        {
            "ms" => Duration.FromMilliseconds(amount),
            "s" or "sec" or "second" or "seconds" => Duration.FromSeconds(amount),
            "m" or "min" or "minute" or "minutes" => Duration.FromMinutes(amount),
            "h" or "hour" or "hours" => Duration.FromHours(amount),
            "d" or "day" or "days" => Duration.FromDays(amount),
            _ => null,
        };
    }

    /// <summary>In the unit that fits.</summary>
    internal static string Of(Duration duration) =>
        duration < Duration.FromMinutes(2) ? FormattableString.Invariant($"{duration.TotalSeconds:0.###}s")
        : duration < Duration.FromHours(2) ? FormattableString.Invariant($"{duration.TotalMinutes:0.#}min")
        : FormattableString.Invariant($"{duration.TotalHours:0.#}h");
}
