using Ebb.Core.Time.Windows;
using static Ebb.Core.Tests.Schedules.Texts;

namespace Ebb.Core.Tests.Schedules;

/// <summary>A window is not in force in times that are taken.</summary>
public class BusyTimesSpecs
{
    private static readonly BusyTimes Busy = new([
        (Utc("2026-01-15T09:00"), Utc("2026-01-15T10:00")),
        (Utc("2026-01-15T09:30"), Utc("2026-01-15T11:00")),
        (Utc("2026-01-15T11:00"), Utc("2026-01-15T11:15")),
        (Utc("2026-01-15T16:30"), Utc("2026-01-16T12:00")),
        (Utc("2026-01-16T18:00"), Utc("2026-01-16T18:00")),
    ]);

    [Fact]
    public void Each_minute_is_in_force_that_is_in_the_window_and_not_taken_and_the_next_change_is_told()
    {
        var window = Window.Recurring(
            DateTimeZone.Utc,
            new LocalTime(8, 0),
            new LocalTime(17, 0),
            WeekDays.All,
            DaysOff.Of([], null, Busy)
        );
        var from = Utc("2026-01-15T00:00");
        bool Expected(Instant at) =>
            at.InUtc().Hour is >= 8 and < 17 && !Busy.Spans.Any(span => at >= span.Start && at < span.End);
        for (var minute = 0; minute < 2 * 1440; minute++)
        {
            var at = from + Duration.FromMinutes(minute);
            Assert.Equal(Expected(at), window.Contains(at));
            var next = at + Duration.FromMinutes(1);
            while (Expected(next) == Expected(at))
                next += Duration.FromMinutes(1);
            Assert.Equal(next, window.NextChange(at));
        }
    }

    [Fact]
    public void Spans_that_meet_are_one_and_empty_ones_none() => Assert.Equal(2, Busy.Spans.Count());

    [Fact]
    public void A_window_that_is_taken_for_good_says_so_in_as_many_steps_as_there_are_spans()
    {
        var days = Enumerable
            .Range(0, 10_000)
            .Select(day => Utc("2026-01-15T07:00") + Duration.FromDays(day))
            .Select(start => (start, start + Duration.FromHours(12)));
        var window = Window.Once(
            DateTimeZone.Utc,
            new LocalDateTime(2030, 1, 1, 8, 0),
            new LocalDateTime(2030, 1, 1, 9, 0),
            DaysOff.Of([], null, new BusyTimes(days))
        );
        Assert.Null(window.NextChange(Utc("2026-01-15T00:00")));
    }

    [Fact]
    public void Days_and_times_of_two_calendars_are_both_taken()
    {
        var off = Date("2026-01-17");
        var both = DaysOff.Of([], null, Busy).And(DaysOff.Of([new DateRange(off, off)]));
        Assert.True(both.Contains(off));
        Assert.Equal(2, both.Busy!.Spans.Count());
    }
}
