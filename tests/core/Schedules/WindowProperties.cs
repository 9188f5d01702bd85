using Ebb.Core.Schedules;
using FsCheck;
using FsCheck.Fluent;

namespace Ebb.Core.Tests.Schedules;

public class WindowProperties
{
    private const int Margin = 3;

    /// <summary>Zone, and the day in the middle: both nights on which clocks change, and days that are special otherwise.</summary>
    public static TheoryData<string, string> Nights =>
        new()
        {
            { "Europe/Berlin", "2026-03-29" },
            { "Europe/Berlin", "2026-10-25" },
            { "Europe/Berlin", "2028-02-29" },
            { "Europe/Berlin", "2026-12-31" },
            { "America/New_York", "2026-03-08" },
            { "America/New_York", "2026-11-01" },
            { "America/New_York", "2027-01-01" },
            { "Australia/Sydney", "2026-04-05" },
            { "Australia/Sydney", "2026-10-04" },
            { "Australia/Lord_Howe", "2026-04-05" },
            { "Australia/Lord_Howe", "2026-10-04" },
            { "America/Sao_Paulo", "2026-02-15" },
            { "America/Sao_Paulo", "2018-11-04" },
            { "America/Sao_Paulo", "2018-02-18" },
            { "Asia/Kathmandu", "2026-03-29" },
            { "Asia/Kathmandu", "2028-02-29" },
            { "Pacific/Apia", "2011-12-30" },
            { "UTC", "2026-12-27" },
        };

    /// <summary>Random windows, every minute of a week around the night.</summary>
    [Theory]
    [MemberData(nameof(Nights))]
    public void Contains_and_NextChange_say_what_the_words_say(string id, string night)
    {
        var zone = DateTimeZoneProviders.Tzdb[id];
        var day = NodaTime.Text.LocalDatePattern.Iso.Parse(night).Value;
        var minutes = new MinuteByMinute(
            zone,
            day.PlusDays(-2 - Margin).AtStartOfDayInZone(zone).ToInstant(),
            5 + (2 * Margin)
        );
        var windows =
            from start in Gen.Choose(0, 1439)
            from length in Gen.Choose(1, 1439)
            from early in Gen.Elements(true, false)
            from first in Gen.Choose(1, 7)
            from last in Gen.Choose(1, 7)
            from off in Gen.Choose(-6, 6)
            select (
                Start: early ? start % 240 : start,
                Length: early ? 1 + (length % 200) : length,
                First: (IsoDayOfWeek)first,
                Last: (IsoDayOfWeek)last,
                Off: day.PlusDays(off)
            );
        Prop.ForAll(
                Arb.From(windows),
                window =>
                {
                    var (start, end) = (
                        LocalTime.Midnight.PlusMinutes(window.Start),
                        LocalTime.Midnight.PlusMinutes(window.Start + window.Length)
                    );
                    var days = WeekDays.Through(window.First, window.Last);
                    var tested = Window.Recurring(
                        zone,
                        start,
                        end,
                        days,
                        DaysOff.Of([new DateRange(window.Off, window.Off)])
                    );
                    var expected = minutes.InForce(
                        start,
                        end,
                        date => days.Contains(date.DayOfWeek) && date != window.Off
                    );
                    Compare(tested, expected, minutes);
                }
            )
            .Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(60));
    }

    /// <summary>One window after another, with the night in every place of it.</summary>
    [Theory]
    [MemberData(nameof(Nights))]
    public void Once_is_once(string id, string night)
    {
        var zone = DateTimeZoneProviders.Tzdb[id];
        var day = NodaTime.Text.LocalDatePattern.Iso.Parse(night).Value;
        var minutes = new MinuteByMinute(zone, day.PlusDays(-5).AtStartOfDayInZone(zone).ToInstant(), 11);
        var windows =
            from start in Gen.Choose(-1440, 1440)
            from length in Gen.Choose(1, 2880)
            select (Start: day.AtMidnight().PlusMinutes(start), End: day.AtMidnight().PlusMinutes(start + length));
        Prop.ForAll(
                Arb.From(windows),
                window =>
                {
                    Compare(
                        Window.Once(zone, window.Start, window.End),
                        minutes.InForceOnce(window.Start, window.End),
                        minutes
                    );
                }
            )
            .Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(40));
    }

    private static void Compare(Window tested, bool[] expected, MinuteByMinute minutes)
    {
        var next = new int?[expected.Length];
        for (var i = expected.Length - 2; i >= 0; i--)
            next[i] = expected[i + 1] != expected[i] ? i + 1 : next[i + 1];
        // The margin is there for windows that begin before or end after what is compared.
        for (var i = Margin * 1440; i < expected.Length - (Margin * 1440); i++)
        {
            var at = minutes.At(i);
            if (tested.Contains(at) != expected[i])
                Assert.Fail($"at {at}: expected {expected[i]}");
            // Seconds within the minute say the same.
            if (i % 97 == 0)
                Assert.Equal(expected[i], tested.Contains(at + Duration.FromSeconds(59)));
            if (next[i] is { } change && change < expected.Length - (Margin * 1440) && (i % 7 == 0 || change - i < 3))
                Assert.Equal(minutes.At(change), tested.NextChange(at));
        }
    }
}
