using NodaTime;

namespace Ebb.Core.Time.Windows;

/// <summary>
/// Dates on which a window does not start (single ones, ranges, and days of every year), and spans of time in which it
/// is not in force. Immutable.
/// </summary>
public sealed class DaysOff
{
    /// <summary>No day off.</summary>
    public static readonly DaysOff None = new([], [], null);

    private static readonly LocalDate Epoch = new(1970, 1, 1);

    // Days since 1970-01-01, sorted, none touching another, both ends included.
    private readonly (long First, long Last)[] _ranges;

    // By leap or common year, month and day: the first year in which that day is off.
    private readonly int[][]? _yearly;
    private readonly IReadOnlyList<DateRange> _given;
    private readonly IReadOnlyList<DateRange> _everyYear;

    private DaysOff(IReadOnlyList<DateRange> given, IReadOnlyList<DateRange> everyYear, BusyTimes? busy)
    {
        Busy = busy;
        (_given, _everyYear) = (given, everyYear);
        _ranges = Merge(given);
        _yearly = everyYear.Count == 0 ? null : [Yearly(everyYear, 2001), Yearly(everyYear, 2004)];
    }

    /// <summary>Spans of time that are taken; null: none.</summary>
    public BusyTimes? Busy { get; }

    /// <summary>
    /// These dates once, and those again in each year from their own on; 29 February only in leap years.
    /// </summary>
    /// <param name="dates">Once.</param>
    /// <param name="everyYear">In each year.</param>
    /// <param name="busy">Spans of time that are taken.</param>
    /// <exception cref="ArgumentException">A yearly range has more than 300 days.</exception>
    public static DaysOff Of(
        IReadOnlyList<DateRange> dates,
        IReadOnlyList<DateRange>? everyYear = null,
        BusyTimes? busy = null
    )
    {
        ArgumentNullException.ThrowIfNull(dates);
        if (everyYear?.Any(range => Period.DaysBetween(range.First, range.Last) >= 300) == true)
            throw new ArgumentException("a yearly range has more than 300 days", nameof(everyYear));
        return dates.Count == 0 && everyYear is not { Count: > 0 } && busy is null
            ? None
            : new DaysOff(dates, everyYear ?? [], busy);
    }

    /// <summary>These and those.</summary>
    public DaysOff And(DaysOff other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return ReferenceEquals(this, None) ? other
            : ReferenceEquals(other, None) ? this
            : new DaysOff(
                [.. _given, .. other._given],
                [.. _everyYear, .. other._everyYear],
                Busy is null ? other.Busy
                    : other.Busy is null ? Busy
                    : new BusyTimes(Busy.Spans.Concat(other.Busy.Spans))
            );
    }

    /// <summary>Whether a date is off.</summary>
    public bool Contains(LocalDate date) => Contains(Window.DayOf(date));

    internal bool Contains(long day) => Find(day) >= 0 || (_yearly is not null && IsYearly(day));

    /// <summary>When the day lies in a range: that range's last day.</summary>
    internal long? EndOfRange(long day) => Find(day) is >= 0 and var at ? _ranges[at].Last : null;

    /// <summary>Whether a day, as many as it is after 1970-01-01, has a date with some years of room around.</summary>
    internal static bool IsDate(long day) => Math.Abs(day) <= 2_900_000;

    internal static LocalDate DateOf(long day) => Epoch.PlusDays((int)day);

    private int Find(long day)
    {
        var (low, high) = (0, _ranges.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (day < _ranges[middle].First)
                high = middle - 1;
            else if (day > _ranges[middle].Last)
                low = middle + 1;
            else
                return middle;
        }

        return -1;
    }

    private bool IsYearly(long day)
    {
        if (!IsDate(day))
            return false;
        var date = DateOf(day);
        return date.Year >= _yearly![CalendarSystem.Iso.IsLeapYear(date.Year) ? 1 : 0][Slot(date)];
    }

    private static int Slot(LocalDate date) => ((date.Month - 1) * 31) + date.Day - 1;

    private static int[] Yearly(IReadOnlyList<DateRange> everyYear, int like)
    {
        var first = new int[12 * 31];
        Array.Fill(first, int.MaxValue);
        foreach (var range in everyYear)
        {
            var length = Period.DaysBetween(range.First, range.Last);
            // A range over New Year's Eve begins in the year before.
            foreach (var year in new[] { like, like - 1 })
            {
                if (range.First is { Month: 2, Day: 29 } && !CalendarSystem.Iso.IsLeapYear(year))
                    continue;
                var start = new LocalDate(year, range.First.Month, range.First.Day);
                for (var i = 0; i <= length; i++)
                {
                    var date = start.PlusDays(i);
                    if (date.Year != like)
                        continue;
                    first[Slot(date)] = Math.Min(first[Slot(date)], range.First.Year + (like - year));
                }
            }
        }

        return first;
    }

    private static (long, long)[] Merge(IReadOnlyList<DateRange> given)
    {
        List<(long First, long Last)> merged = [];
        foreach (
            var (first, last) in given
                .Select(r => (First: Window.DayOf(r.First), Last: Window.DayOf(r.Last)))
                .OrderBy(r => r.First)
        )
        {
            if (merged.Count > 0 && first <= merged[^1].Last + 1)
                merged[^1] = (merged[^1].First, Math.Max(merged[^1].Last, last));
            else
                merged.Add((first, last));
        }

        return [.. merged];
    }
}

/// <summary>Dates from the first to the last, both included.</summary>
/// <param name="First">Included.</param>
/// <param name="Last">Included; not before the first.</param>
public readonly record struct DateRange(LocalDate First, LocalDate Last);
