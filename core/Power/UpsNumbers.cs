using System.Globalization;
using NodaTime;

namespace Ebb.Core.Power;

/// <summary>
/// Numbers as devices report them. Seen on real ones: charge -197.6, 120, 255 and 1000, runtime 0, -1, 65535, 3932100
/// and "36:00", load with 200 digits: such a value is unknown, it is not an alarm and not a zero.
/// </summary>
public static class UpsNumbers
{
    /// <summary>
    /// The runtime of devices whose counter is 16 bits wide, and its multiples by 60, mean "more than I can say".
    /// </summary>
    private static readonly double[] Saturated = [65535, 65535d * 60];

    /// <summary>Longer than a week is a unit gone wrong.</summary>
    private const double LongestRuntime = 7 * 86400d;

    /// <summary>Percent, 0 and 100 included; null for anything else.</summary>
    public static double? Charge(string? text) => Between(text, 0, 100);

    /// <summary>Percent, 0 and 200 included (devices report overload); null for anything else.</summary>
    public static double? Load(string? text) => Between(text, 0, 200);

    /// <summary>
    /// Null when missing, zero, negative, above a week, saturated, or not a plain decimal number ("36:00" is minutes
    /// and seconds on one device and hours and minutes on another).
    /// </summary>
    public static Duration? Runtime(string? text) =>
        Number(text) is { } seconds && seconds > 0 && seconds <= LongestRuntime && Array.IndexOf(Saturated, seconds) < 0
            ? Duration.FromSeconds(seconds)
            : null;

    /// <summary>A runtime of zero: the end of a countdown, or a device that does not know.</summary>
    public static bool IsZero(string? runtime) => Number(runtime) is 0;

    /// <summary>
    /// What came as charge and runtime and cannot be true, in words; null: nothing. What a zero is worth as a runtime
    /// is told by those before it.
    /// </summary>
    public static string? Disbelieved(string? charge, string? runtime)
    {
        var doubts = string.Join(
            "; ",
            new[]
            {
                charge is not null && Charge(charge) is null ? $"charge {Quoted(charge)} is not believed" : null,
                runtime is not null && Runtime(runtime) is null && !IsZero(runtime)
                    ? $"runtime {Quoted(runtime)} is not believed"
                    : null,
            }.OfType<string>()
        );
        return doubts.Length == 0 ? null : doubts;
    }

    /// <summary>What a device says may be anything; so much of it is told.</summary>
    private static string Quoted(string text)
    {
        const int most = 32;
        return $"\"{new string([.. text.Take(most).Select(c => char.IsControl(c) ? ' ' : c)])}\"";
    }

    /// <summary>
    /// A plain decimal number: digits, at most one point or comma, an optional sign, blanks around it. Null for
    /// anything else, exponents and words like "nan" included.
    /// </summary>
    public static double? Number(string? text)
    {
        if (text is null)
            return null;
        var trimmed = text.AsSpan().Trim();
        if (trimmed.Length is 0 or > 32)
            return null;
        Span<char> plain = stackalloc char[trimmed.Length];
        var points = 0;
        for (var i = 0; i < trimmed.Length; i++)
        {
            var c = trimmed[i];
            if (c is '.' or ',')
            {
                if (++points > 1)
                    return null;
                plain[i] = '.';
            }
            else if (char.IsAsciiDigit(c) || (i == 0 && c is '-' or '+'))
                plain[i] = c;
            else
                return null;
        }
        return double.TryParse(
            plain,
            NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint,
            CultureInfo.InvariantCulture,
            out var value
        )
            ? value
            : null;
    }

    private static double? Between(string? text, double least, double most) =>
        Number(text) is { } value && value >= least && value <= most ? value : null;
}
