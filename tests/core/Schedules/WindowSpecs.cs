using Ebb.Core.Time.Windows;

namespace Ebb.Core.Tests.Schedules;

/// <summary>The rules for the nights on which clocks change, as rows.</summary>
public class WindowSpecs
{
    /// <summary>Zone, local window, day; the instants (UTC) at which it begins and ends on that day.</summary>
    [Theory]
    // Berlin, 29 March 2026: 02:00 becomes 03:00 at 01:00 UTC.
    [InlineData("Europe/Berlin", "2026-03-29", "01:00", "04:00", "2026-03-29T00:00", "2026-03-29T02:00")]
    [InlineData("Europe/Berlin", "2026-03-29", "02:30", "04:00", "2026-03-29T01:00", "2026-03-29T02:00")]
    [InlineData("Europe/Berlin", "2026-03-29", "01:00", "02:30", "2026-03-29T00:00", "2026-03-29T01:00")]
    [InlineData("Europe/Berlin", "2026-03-29", "03:00", "04:00", "2026-03-29T01:00", "2026-03-29T02:00")]
    [InlineData("Europe/Berlin", "2026-03-28", "22:00", "06:00", "2026-03-28T21:00", "2026-03-29T04:00")]
    [InlineData("Europe/Berlin", "2026-03-28", "22:00", "02:30", "2026-03-28T21:00", "2026-03-29T01:00")]
    // Berlin, 25 October 2026: 03:00 becomes 02:00 at 01:00 UTC; 02:00 to 03:00 comes twice.
    [InlineData("Europe/Berlin", "2026-10-25", "02:30", "04:00", "2026-10-25T00:30", "2026-10-25T03:00")]
    [InlineData("Europe/Berlin", "2026-10-25", "01:00", "02:30", "2026-10-24T23:00", "2026-10-25T01:30")]
    [InlineData("Europe/Berlin", "2026-10-25", "02:15", "02:45", "2026-10-25T00:15", "2026-10-25T01:45")]
    [InlineData("Europe/Berlin", "2026-10-25", "02:00", "03:00", "2026-10-25T00:00", "2026-10-25T02:00")]
    [InlineData("Europe/Berlin", "2026-10-25", "03:00", "04:00", "2026-10-25T02:00", "2026-10-25T03:00")]
    [InlineData("Europe/Berlin", "2026-10-24", "22:00", "02:00", "2026-10-24T20:00", "2026-10-25T01:00")]
    // New York: forward at 07:00 UTC on 8 March, back at 06:00 UTC on 1 November 2026.
    [InlineData("America/New_York", "2026-03-08", "02:30", "05:00", "2026-03-08T07:00", "2026-03-08T09:00")]
    [InlineData("America/New_York", "2026-11-01", "01:30", "05:00", "2026-11-01T05:30", "2026-11-01T10:00")]
    [InlineData("America/New_York", "2026-11-01", "00:30", "01:30", "2026-11-01T04:30", "2026-11-01T06:30")]
    // Lord Howe moves by half an hour: on 5 April 2026 02:00 becomes 01:30, on 4 October 02:00 becomes 02:30.
    [InlineData("Australia/Lord_Howe", "2026-04-05", "01:45", "03:00", "2026-04-04T14:45", "2026-04-04T16:30")]
    [InlineData("Australia/Lord_Howe", "2026-04-05", "01:00", "01:45", "2026-04-04T14:00", "2026-04-04T15:15")]
    [InlineData("Australia/Lord_Howe", "2026-10-04", "02:15", "03:00", "2026-10-03T15:30", "2026-10-03T16:00")]
    // No change of clocks at all.
    [InlineData("America/Sao_Paulo", "2026-02-15", "23:00", "01:00", "2026-02-16T02:00", "2026-02-16T04:00")]
    [InlineData("Asia/Kathmandu", "2026-03-29", "02:30", "03:30", "2026-03-28T20:45", "2026-03-28T21:45")]
    // A leap day, and the end of a year.
    [InlineData("UTC", "2028-02-29", "23:00", "01:00", "2028-02-29T23:00", "2028-03-01T01:00")]
    [InlineData("UTC", "2026-12-31", "23:00", "01:00", "2026-12-31T23:00", "2027-01-01T01:00")]
    public void Begins_and_ends(string zone, string day, string start, string end, string begins, string ends)
    {
        var date = Date(day);
        var only = DaysOff.Of([
            new DateRange(new LocalDate(1990, 1, 1), date.PlusDays(-1)),
            new DateRange(date.PlusDays(1), new LocalDate(2090, 1, 1)),
        ]);
        var window = Window.Recurring(DateTimeZoneProviders.Tzdb[zone], Time(start), Time(end), WeekDays.All, only);
        var before = Utc(begins) - Duration.FromDays(1);
        Assert.Equal(Utc(begins), window.NextChange(before));
        Assert.Equal(Utc(ends), window.NextChange(Utc(begins)));
        Assert.False(window.Contains(Utc(begins) - Duration.Epsilon));
        Assert.True(window.Contains(Utc(begins)));
        Assert.True(window.Contains(Utc(ends) - Duration.Epsilon));
        Assert.False(window.Contains(Utc(ends)));
    }

    /// <summary>
    /// There is no time between 02:00 and 03:00 on that night, so there is nothing to be in; the nights before and
    /// after are as ever.
    /// </summary>
    [Fact]
    public void A_window_that_lies_in_the_gap_altogether_has_no_instant_on_that_day()
    {
        var window = Window.Recurring(
            DateTimeZoneProviders.Tzdb["Europe/Berlin"],
            Time("02:15"),
            Time("02:45"),
            WeekDays.All
        );
        Assert.Equal(Utc("2026-03-30T00:15"), window.NextChange(Utc("2026-03-28T12:00")));
    }

    [Fact]
    public void Where_one_days_window_touches_the_next_days_there_is_no_change()
    {
        // 02:30 to 02:10 the next day: on the night of the gap both are 03:00.
        var window = Window.Recurring(
            DateTimeZoneProviders.Tzdb["Europe/Berlin"],
            Time("02:30"),
            Time("02:10"),
            WeekDays.All
        );
        Assert.True(window.Contains(Utc("2026-03-29T00:59")));
        Assert.True(window.Contains(Utc("2026-03-29T01:00")));
        Assert.Equal(Utc("2026-03-30T00:10"), window.NextChange(Utc("2026-03-28T12:00")));
    }

    [Fact]
    public void Adjacent_windows_leave_no_instant_between_them_on_any_night()
    {
        var zone = DateTimeZoneProviders.Tzdb["Europe/Berlin"];
        Window[] windows =
        [
            .. new[] { "00:00", "02:15", "02:30", "03:00", "12:00" }
                .Zip(["02:15", "02:30", "03:00", "12:00", "00:00"])
                .Select(w => Window.Recurring(zone, Time(w.First), Time(w.Second), WeekDays.All)),
        ];
        foreach (var night in new[] { "2026-03-28T12:00", "2026-10-24T12:00" })
            for (var minute = 0; minute < 1440; minute++)
                Assert.Contains(windows, w => w.Contains(Utc(night) + Duration.FromMinutes(minute)));
    }

    [Fact]
    public void A_day_off_is_the_day_on_which_it_starts()
    {
        var window = Window.Recurring(
            DateTimeZone.Utc,
            Time("22:00"),
            Time("06:00"),
            WeekDays.All,
            DaysOff.Of([new DateRange(Date("2026-12-24"), Date("2026-12-26"))])
        );
        Assert.True(window.Contains(Utc("2026-12-24T05:59")));
        Assert.False(window.Contains(Utc("2026-12-24T22:00")));
        Assert.Equal(Utc("2026-12-27T22:00"), window.NextChange(Utc("2026-12-24T06:00")));
    }

    [Fact]
    public void What_is_off_for_good_never_changes_again()
    {
        var window = Window.Recurring(
            DateTimeZone.Utc,
            Time("08:00"),
            Time("09:00"),
            WeekDays.All,
            DaysOff.Of([new DateRange(Date("2026-01-01"), Date("9999-12-31"))])
        );
        Assert.Null(window.NextChange(Utc("2026-01-01T00:00")));
    }

    [Theory]
    [InlineData("Mon-Fri", "1111100")]
    [InlineData("Saturday-Monday", "1000011")]
    [InlineData("sat,SUN", "0000011")]
    [InlineData("1-5", "1111100")]
    [InlineData("0", "0000001")]
    [InlineData("Wed", "0010000")]
    [InlineData("Mon-", null)]
    [InlineData("Mo", null)]
    [InlineData("8", null)]
    [InlineData("", null)]
    public void Days_as_people_write_them(string text, string? monday) =>
        Assert.Equal(
            monday,
            WeekDays.Parse(text) is { } days
                ? string.Concat(Enumerable.Range(1, 7).Select(d => days.Contains((IsoDayOfWeek)d) ? '1' : '0'))
                : null
        );

    [Fact]
    public void Evaluating_allocates_nothing()
    {
        var window = Window.Recurring(
            DateTimeZoneProviders.Tzdb["Europe/Berlin"],
            Time("22:00"),
            Time("06:00"),
            WeekDays.Through(IsoDayOfWeek.Monday, IsoDayOfWeek.Friday)
        );
        var at = Utc("2026-03-28T00:00");
        for (var i = 0; i < 4000; i++)
            window.Contains(at + Duration.FromMinutes(i));
        var before = GC.GetAllocatedBytesForCurrentThread();
        var sum = 0;
        for (var i = 0; i < 4000; i++)
            sum += window.Contains(at + Duration.FromMinutes(i)) ? 1 : 0;
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(sum > 0);
    }

    private static Instant Utc(string text) =>
        NodaTime
            .Text.LocalDateTimePattern.CreateWithInvariantCulture("uuuu-MM-dd'T'HH:mm")
            .Parse(text)
            .Value.InUtc()
            .ToInstant();

    private static LocalDate Date(string text) => NodaTime.Text.LocalDatePattern.Iso.Parse(text).Value;

    private static LocalTime Time(string text) =>
        NodaTime.Text.LocalTimePattern.CreateWithInvariantCulture("HH:mm").Parse(text).Value;

    [Theory]
    [InlineData("15", "2026-01-15", "2026-02-15")]
    [InlineData("31", "2026-01-31", "2026-03-31")]
    [InlineData("last", "2026-01-31", "2026-02-28", "2028-02-29")]
    [InlineData("last day", "2026-01-31", "2026-02-28")]
    [InlineData("-3", "2026-01-29", "2026-02-26")]
    [InlineData("30/last", "2026-01-30", "2026-01-31", "2026-03-30")]
    [InlineData("-2/last", "2026-01-30", "2026-01-31", "2026-02-27", "2026-02-28")]
    [InlineData("last weekday", "2026-01-30", "2026-02-27", "2026-03-31")]
    [InlineData("first weekday", "2026-01-01", "2026-02-02")]
    [InlineData("third weekday", "2026-01-05", "2026-02-04")]
    [InlineData("last Friday", "2026-01-30", "2026-02-27", "2026-03-27")]
    [InlineData("first Monday", "2026-01-05", "2026-02-02")]
    [InlineData("2nd Tue", "2026-01-13", "2026-02-10")]
    [InlineData("fifth Thursday", "2026-01-29", "2026-04-30")]
    public void Days_of_the_month(string text, params string[] dates)
    {
        var window = Window.Monthly(DateTimeZone.Utc, Time("00:00"), Time("00:00"), [MonthDay.Parse(text)!]);
        var at = Texts.Utc("2026-01-01T00:00") - Duration.FromDays(1);
        foreach (var date in dates.Select(Texts.Date))
        {
            // From one listed date to the next there is no other but where years lie between them.
            if (date.Year == 2026)
                for (at += Duration.FromDays(1); at < date.AtMidnight().InUtc().ToInstant(); at += Duration.FromDays(1))
                    Assert.False(window.Contains(at), at.ToString());
            Assert.True(window.Contains(date.AtMidnight().InUtc().ToInstant()), date.ToString());
        }
    }

    [Fact]
    public void A_month_end_over_midnight_and_off_days_begins_on_its_own_day()
    {
        var off = Texts.Date("2026-02-28");
        var window = Window.Monthly(
            DateTimeZone.Utc,
            Time("18:00"),
            Time("06:00"),
            [MonthDay.Parse("last")!],
            DaysOff.Of([new DateRange(off, off)])
        );
        Assert.True(window.Contains(Texts.Utc("2026-02-01T05:59")));
        Assert.Equal(Texts.Utc("2026-02-01T06:00"), window.NextChange(Texts.Utc("2026-01-31T20:00")));
        Assert.Equal(Texts.Utc("2026-03-31T18:00"), window.NextChange(Texts.Utc("2026-02-01T06:00")));
    }
}
