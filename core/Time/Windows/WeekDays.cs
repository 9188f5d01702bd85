using NodaTime;

namespace Ebb.Core.Time.Windows;

/// <summary>Some of the seven days of the week.</summary>
public readonly record struct WeekDays
{
    /// <summary>Every day.</summary>
    public static readonly WeekDays All = new(0b111_1111);

    // Bit 0 is Monday.
    private readonly byte _bits;

    private WeekDays(int bits) => _bits = (byte)bits;

    /// <summary>From one day to another, both included, over the week's end when the first comes later.</summary>
    public static WeekDays Through(IsoDayOfWeek first, IsoDayOfWeek last)
    {
        var bits = 0;
        for (var day = (int)first - 1; ; day = (day + 1) % 7)
        {
            bits |= 1 << day;
            if (day == (int)last - 1)
                return new WeekDays(bits);
        }
    }

    /// <summary>Both.</summary>
    public static WeekDays operator |(WeekDays left, WeekDays right) => new(left._bits | right._bits);

    /// <summary>Both.</summary>
    public static WeekDays BitwiseOr(WeekDays left, WeekDays right) => left | right;

    /// <summary>Whether a day of the week is one of them.</summary>
    public bool Contains(IsoDayOfWeek day) => (_bits >> ((int)day - 1) & 1) != 0;

    /// <summary>Whether the day that is this many days after 1970-01-01, a Thursday, is one of them.</summary>
    internal bool Contains(long day) => (_bits >> (int)((((day + 3) % 7) + 7) % 7) & 1) != 0;

    /// <summary>
    /// <c>Mon-Fri</c>, <c>Sat,Sun</c>, <c>Friday-Monday</c>, <c>1-5</c> (as in a cron line, 0 and 7 are Sunday), in any
    /// case and mixed with commas; null for anything else.
    /// </summary>
    public static WeekDays? Parse(string? text)
    {
        WeekDays days = default;
        foreach (var part in (text ?? "").Split(','))
        {
            var ends = part.Split('-');
            if (ends.Length > 2 || Named(ends[0]) is not { } first || Named(ends[^1]) is not { } last)
                return null;
            days |= Through(first, last);
        }

        return days;
    }

    /// <summary>
    /// A day by its English name or the first three letters of it or more, in any case; or by its number in a cron
    /// line.
    /// </summary>
    internal static IsoDayOfWeek? Named(string text)
    {
        var word = text.Trim();
        if (word is [>= '0' and <= '7'])
            return word[0] is '0' ? IsoDayOfWeek.Sunday : (IsoDayOfWeek)(word[0] - '0');
        if (word.Length < 3)
            return null;
        for (var day = IsoDayOfWeek.Monday; day <= IsoDayOfWeek.Sunday; day++)
            if (day.ToString().StartsWith(word, StringComparison.OrdinalIgnoreCase))
                return day;
        return null;
    }
}
