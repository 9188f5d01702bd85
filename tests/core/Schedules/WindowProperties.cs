using Ebb.Core.Time.Windows;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Ebb.Core.Tests.Schedules;

/// <summary>
/// Random windows around nights that are special, every minute of a week compared with the rule in words.
/// </summary>
[Properties(Arbitrary = [typeof(WindowProperties)], QuietOnSuccess = true)]
public class WindowProperties
{
    private const int Margin = 3;

    /// <summary>
    /// Zone, and the day in the middle: both nights on which clocks change, and days that are special otherwise.
    /// </summary>
    private static readonly (string Zone, string Day)[] Nights =
    [
        ("Europe/Berlin", "2026-03-29"),
        ("Europe/Berlin", "2026-10-25"),
        ("Europe/Berlin", "2028-02-29"),
        ("Europe/Berlin", "2026-12-31"),
        ("America/New_York", "2026-03-08"),
        ("America/New_York", "2026-11-01"),
        ("America/New_York", "2027-01-01"),
        ("Australia/Sydney", "2026-04-05"),
        ("Australia/Sydney", "2026-10-04"),
        ("Australia/Lord_Howe", "2026-04-05"),
        ("Australia/Lord_Howe", "2026-10-04"),
        ("America/Sao_Paulo", "2026-02-15"),
        ("America/Sao_Paulo", "2018-11-04"),
        ("America/Sao_Paulo", "2018-02-18"),
        ("Asia/Kathmandu", "2026-03-29"),
        ("Asia/Kathmandu", "2028-02-29"),
        ("Pacific/Apia", "2011-12-30"),
        ("UTC", "2026-12-27"),
    ];

    public static Arbitrary<RecurringCase> Recurring() =>
        Arb.From(
            from night in Gen.Elements(Nights)
            from start in Gen.Choose(0, 1439)
            from length in Gen.Choose(1, 1440)
            from early in Gen.Elements(true, false)
            from first in Gen.Choose(1, 7)
            from last in Gen.Choose(1, 7)
            from off in Gen.Choose(-6, 6)
            select new RecurringCase(
                night.Zone,
                night.Day,
                early ? start % 240 : start,
                early ? 1 + (length % 200) : length,
                WeekDays.Through((IsoDayOfWeek)first, (IsoDayOfWeek)last),
                off
            )
        );

    public static Arbitrary<StretchCase> Stretches() =>
        Arb.From(
            from night in Gen.Elements(Nights)
            from start in Gen.Choose(0, 1439)
            from end in Gen.Choose(1, 1440)
            from first in Gen.Choose(1, 7)
            from last in Gen.Choose(1, 7)
            select new StretchCase(night.Zone, night.Day, start, end, (IsoDayOfWeek)first, (IsoDayOfWeek)last)
        );

    public static Arbitrary<OnceCase> Once() =>
        Arb.From(
            from night in Gen.Elements(Nights)
            from start in Gen.Choose(-1440, 1440)
            from length in Gen.Choose(1, 2880)
            select new OnceCase(night.Zone, night.Day, start, length)
        );

    [Property(MaxTest = 1080)]
    public void Contains_and_NextChange_say_what_the_words_say(RecurringCase window)
    {
        var (zone, day) = (DateTimeZoneProviders.Tzdb[window.Zone], Texts.Date(window.Day));
        var (start, end) = (
            LocalTime.Midnight.PlusMinutes(window.Start),
            LocalTime.Midnight.PlusMinutes(window.Start + window.Length)
        );
        var off = day.PlusDays(window.Off);
        var minutes = new MinuteModel(
            zone,
            day.PlusDays(-2 - Margin).AtStartOfDayInZone(zone).ToInstant(),
            5 + (2 * Margin)
        );
        Compare(
            Window.Recurring(zone, start, end, window.Days, DaysOff.Of([new DateRange(off, off)])),
            minutes.InForce(start, end, date => window.Days.Contains(date.DayOfWeek) && date != off),
            minutes
        );
    }

    [Property(MaxTest = 720)]
    public void Once_is_once(OnceCase window)
    {
        var (zone, day) = (DateTimeZoneProviders.Tzdb[window.Zone], Texts.Date(window.Day));
        var start = day.AtMidnight().PlusMinutes(window.Start);
        var end = start.PlusMinutes(window.Length);
        var minutes = new MinuteModel(zone, day.PlusDays(-5).AtStartOfDayInZone(zone).ToInstant(), 11);
        Compare(Window.Once(zone, start, end), minutes.InForceOnce(start, end), minutes);
    }

    [Property(MaxTest = 90)]
    public void One_stretch_in_each_week(StretchCase window)
    {
        var (zone, day) = (DateTimeZoneProviders.Tzdb[window.Zone], Texts.Date(window.Day));
        var minutes = new MinuteModel(zone, day.PlusDays(-11).AtStartOfDayInZone(zone).ToInstant(), 22);
        var length = (window.Last - window.First + 7) % 7;
        if (length == 0 && window.End <= window.Start)
            length = 7;
        Compare(
            Window.Weekly(
                zone,
                window.First,
                LocalTime.Midnight.PlusMinutes(window.Start),
                window.Last,
                window.End == 1440 ? null : LocalTime.Midnight.PlusMinutes(window.End)
            ),
            minutes.InForce(
                date => date.AtMidnight().PlusMinutes(window.Start),
                date => date.PlusDays(length).AtMidnight().PlusMinutes(window.End),
                date => date.DayOfWeek == window.First
            ),
            minutes,
            8
        );
    }

    private static void Compare(Window tested, bool[] expected, MinuteModel minutes, int margin = Margin)
    {
        var next = new int?[expected.Length];
        for (var i = expected.Length - 2; i >= 0; i--)
            next[i] = expected[i + 1] != expected[i] ? i + 1 : next[i + 1];
        // The margin is there for windows that begin before or end after what is compared.
        for (var i = margin * 1440; i < expected.Length - (margin * 1440); i++)
        {
            var at = minutes.At(i);
            if (tested.Contains(at) != expected[i])
                Assert.Fail($"at {at}: expected {expected[i]}");
            // Seconds within the minute say the same.
            if (i % 97 == 0)
                Assert.Equal(expected[i], tested.Contains(at + Duration.FromSeconds(59)));
            if (next[i] is { } change && change < expected.Length - (margin * 1440) && (i % 7 == 0 || change - i < 3))
                Assert.Equal(minutes.At(change), tested.NextChange(at));
        }
    }

    /// <summary>Minutes of the day for the start, minutes of length, days from the night to the day off.</summary>
    public sealed record RecurringCase(string Zone, string Day, int Start, int Length, WeekDays Days, int Off);

    /// <summary>Minutes of the day for start and end, and their days.</summary>
    public sealed record StretchCase(
        string Zone,
        string Day,
        int Start,
        int End,
        IsoDayOfWeek First,
        IsoDayOfWeek Last
    );

    /// <summary>Minutes from midnight of the day to the start, and minutes of length.</summary>
    public sealed record OnceCase(string Zone, string Day, int Start, int Length);
}
