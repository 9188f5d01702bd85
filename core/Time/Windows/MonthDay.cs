using System.Globalization;
using NodaTime;

namespace Ebb.Core.Time.Windows;

/// <summary>
/// Some days of each month: from one day to another, or every, or only the nth, of some days of the week. Days are
/// counted from 1, or from the month's end from -1. Immutable.
/// </summary>
public sealed class MonthDay
{
    private static readonly string[] Ordinals = ["first", "second", "third", "fourth", "fifth"];
    private static readonly string[] Short = ["1st", "2nd", "3rd", "4th", "5th"];

    private readonly int _first;
    private readonly int _last;
    private readonly WeekDays _of;
    private readonly int _nth;

    private MonthDay(int first, int last) => (_first, _last) = (first, last);

    private MonthDay(int nth, WeekDays of) => (_nth, _of) = (nth, of);

    /// <summary>
    /// <c>15</c>, <c>last</c>, <c>-3</c> (the third last), <c>25/last</c> (both included, in the same month),
    /// <c>last weekday</c> (the last from Monday to Friday), <c>first Monday</c>, <c>2nd Tue</c>, <c>last day</c>; null
    /// for anything else. A day that a month does not have is not in it.
    /// </summary>
    public static MonthDay? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var words = text.Trim().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 2)
            return Nth(words[0]) is { } nth && Of(words[1]) is { } of ? new MonthDay(nth, of) : null;
        var ends = text.Trim().Split('/');
        if (ends.Length > 2 || Day(ends[0]) is not { } first || Day(ends[^1]) is not { } last)
            return null;
        // 20/10 is on no day of any month; -3/10 could be.
        return first > 0 == last > 0 && first > last ? null : new MonthDay(first, last);
    }

    internal bool Contains(LocalDate date)
    {
        var length = CalendarSystem.Iso.GetDaysInMonth(date.Year, date.Month);
        if (_nth == 0)
            return date.Day >= From(_first, length) && date.Day <= From(_last, length);
        return _of.Contains(date.DayOfWeek)
            && (
                _nth > 0
                    ? Count(date.DayOfWeek, date.Day, 1, date.Day) == _nth
                    : Count(date.DayOfWeek, date.Day, date.Day, length) == 1
            );
    }

    /// <summary>How many of the days are among those of the month from one to another, both included.</summary>
    private int Count(IsoDayOfWeek dayOfWeek, int day, int from, int to)
    {
        var count = 0;
        for (var i = from; i <= to; i++)
            count += _of.Contains((int)dayOfWeek + 3L + i - day) ? 1 : 0;
        return count;
    }

    private static int From(int day, int length) => day > 0 ? day : length + 1 + day;

    private static int? Day(string text) =>
        text.Equals("last", StringComparison.OrdinalIgnoreCase) ? -1
        : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var day)
        && day is (>= 1 and <= 31) or (>= -31 and <= -1)
            ? day
        : null;

    private static int? Nth(string word)
    {
        if (word.Equals("last", StringComparison.OrdinalIgnoreCase))
            return -1;
        for (var i = 0; i < Ordinals.Length; i++)
            if (
                word.Equals(Ordinals[i], StringComparison.OrdinalIgnoreCase)
                || word.Equals(Short[i], StringComparison.OrdinalIgnoreCase)
            )
                return i + 1;
        return null;
    }

    private static WeekDays? Of(string word) =>
        word.Equals("weekday", StringComparison.OrdinalIgnoreCase)
            ? WeekDays.Through(IsoDayOfWeek.Monday, IsoDayOfWeek.Friday)
        : word.Equals("day", StringComparison.OrdinalIgnoreCase) ? WeekDays.All
        : char.IsLetter(word[0]) && WeekDays.Named(word) is { } day ? WeekDays.Through(day, day)
        : null;
}
