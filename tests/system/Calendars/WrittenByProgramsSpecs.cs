using Ebb.Calendars;
using Ebb.Core.Time.Specs;
using Ebb.Core.Time.Windows;
using Ebb.Tests.Harness;
using NodaTime;
using NodaTime.Text;

namespace Ebb.Tests.Calendars;

/// <summary>Each way in which programs write days, and times that are no days.</summary>
public class WrittenByProgramsSpecs
{
    private static readonly CalendarUse Berlin = new(DateTimeZoneProviders.Tzdb["Europe/Berlin"]);

    [Theory]
    // As RFC 5545 has it, and with what programs add to it or leave out.
    [InlineData("DTSTART;VALUE=DATE:20261225", "25")]
    [InlineData("DTSTART;VALUE=\"DATE\":20261225", "25")]
    [InlineData("dtstart;value=date:20261225", "25")]
    [InlineData("DTSTART:20261225", "25")]
    [InlineData("DTSTART;TZID=Europe/Berlin:20261225", "25")]
    [InlineData("DTSTART;TZID=\"A; zone: of its own\";VALUE=DATE:20261225", "25")]
    [InlineData("DTSTART;VALUE=DATE:20261225T000000", "25")]
    [InlineData("DTSTART;VALUE=DATE:20261225|DTEND;VALUE=DATE:20261227", "25,26")]
    [InlineData("DTEND;VALUE=DATE:20261227|DTSTART;VALUE=DATE:20261225", "25,26")]
    [InlineData("DTSTART;VALUE=DATE:20261225|DTEND;VALUE=DATE:20261225", "25")]
    [InlineData("DTSTART;VALUE=DATE:20261225|DTEND:20261225T040001Z", "25")]
    [InlineData("DTSTART;VALUE=DATE:20261225|DTEND:20261226T000000", "25")]
    [InlineData("DTSTART;VALUE=DATE:20261225|DTEND:20261226T235959", "25,26")]
    [InlineData("DTSTART;VALUE=DATE:20261225|DURATION:PT24H", "25")]
    [InlineData("DTSTART;VALUE=DATE:20261225|DURATION:P1DT0H0M0S", "25")]
    [InlineData("DTSTART;VALUE=DATE:20261225|DURATION:PT0S", "25")]
    [InlineData("DTSTART;VALUE=DATE:20261225|DURATION:P3D", "25,26,27")]
    [InlineData("DTSTART;VALUE=DATE:20261220|DURATION:P1W", "20,21,22,23,24,25,26")]
    // From midnight to midnight.
    [InlineData("DTSTART:20261225T000000|DTEND:20261226T000000", "25")]
    [InlineData("DTSTART:20261225T000000|DTEND:20261225T235900", "25")]
    [InlineData("DTSTART:20261225T000000|DTEND:20261226T235959", "25,26")]
    [InlineData("DTSTART:20261225T000000|DURATION:PT48H", "25,26")]
    [InlineData("DTSTART:20261225T000000Z|DTEND:20261226T000000Z", "25")]
    [InlineData("DTSTART:20261224T230000Z|DTEND:20261225T230000Z", "25")]
    [InlineData("DTSTART;TZID=Etc/UTC:20261224T230000|DTEND;TZID=GMT:20261225T230000", "25")]
    [InlineData("DTSTART;TZID=Europe/Berlin:20261225T000000|DTEND;TZID=Europe/Berlin:20261227T000000", "25,26")]
    [InlineData("DTSTART;TZID=Nowhere:20261225T000000|DTEND;TZID=Nowhere:20261226T000000", "25")]
    [InlineData("DTSTART;TZID=:20261225T000000|DTEND;TZID=:20261226T000000", "25")]
    [InlineData(
        "DTSTART;TZID=W. Europe Standard Time:20261225T000000|DTEND;TZID=W. Europe Standard Time:20261226T000000"
            + "|X-MICROSOFT-CDO-ALLDAYEVENT:TRUE",
        "25"
    )]
    [InlineData("DTSTART:20261225T000000|DTEND:20261225T000000|X-MICROSOFT-CDO-ALLDAYEVENT:TRUE", "25")]
    [InlineData("DTSTART:20261225T000000|X-FUNAMBOL-ALLDAY:1", "25")]
    // No days.
    [InlineData("DTSTART:20261225T000000|DTEND:20261225T120000", "")]
    [InlineData("DTSTART:20261225T080000|DTEND:20261226T080000", "")]
    [InlineData("DTSTART;VALUE=DATE:20261225|STATUS:CANCELLED", "")]
    // Those that come again.
    [InlineData("DTSTART;VALUE=DATE:20261220|RRULE:FREQ=WEEKLY", "20,27")]
    [InlineData("DTSTART;VALUE=DATE:20261220|RRULE:FREQ=DAILY;INTERVAL=3;COUNT=3", "20,23,26")]
    [InlineData("DTSTART;VALUE=DATE:20261220|RRULE:FREQ=DAILY;UNTIL=20261222", "20,21,22")]
    [InlineData("DTSTART;VALUE=DATE:20261220|RRULE:FREQ=DAILY;UNTIL=20261222T000000Z", "20,21,22")]
    [InlineData("DTSTART;VALUE=DATE:20261220|RRULE:FREQ=DAILY;UNTIL=20261221T230000Z", "20,21,22")]
    [InlineData("DTSTART;VALUE=DATE:20261220|RRULE:FREQ=DAILY;UNTIL=20261222T235959Z", "20,21,22")]
    [InlineData("DTSTART;VALUE=DATE:20261220|DURATION:P2D|RRULE:FREQ=WEEKLY;COUNT=2", "20,21,27,28")]
    [InlineData("DTSTART;VALUE=DATE:20261127|RRULE:FREQ=MONTHLY;BYDAY=-1FR", "25")]
    [InlineData("DTSTART;VALUE=DATE:20251225|RRULE:FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=25", "25")]
    [InlineData("DTSTART;VALUE=DATE:20241225|RRULE:FREQ=YEARLY;INTERVAL=2", "25")]
    [InlineData("DTSTART;VALUE=DATE:20251225|RRULE:FREQ=YEARLY;INTERVAL=2", "")]
    [InlineData("DTSTART;VALUE=DATE:20251224|RRULE:FREQ=YEARLY;BYMONTH=12;BYDAY=4TH", "24")]
    [InlineData("DTSTART;VALUE=DATE:20261206|RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO;WKST=SU", "6,7,20,21")]
    [InlineData("DTSTART;VALUE=DATE:20261206|RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO;WKST=MO", "6,14,20,28")]
    [InlineData("DTSTART;VALUE=DATE:20261220|RRULE:FREQ=DAILY;COUNT=4|EXDATE;VALUE=DATE:20261221,20261223", "20,22")]
    [InlineData("DTSTART;VALUE=DATE:20261220|RRULE:FREQ=DAILY;COUNT=3|EXDATE:20261221T000000Z", "20,22")]
    [InlineData("DTSTART;VALUE=DATE:20261220|RRULE:FREQ=DAILY;COUNT=3|EXDATE:20261220T230000Z", "20,22")]
    [InlineData("DTSTART;VALUE=DATE:20261220|RDATE;VALUE=DATE:20261222,20261224", "20,22,24")]
    // Fridays in Berlin, which are told as Thursdays in UTC, or as Fridays all the same.
    [InlineData("DTSTART:20261210T230000Z|DTEND:20261211T230000Z|RRULE:FREQ=WEEKLY;BYDAY=TH;COUNT=3", "11,18,25")]
    [InlineData("DTSTART:20261210T230000Z|DTEND:20261211T230000Z|RRULE:FREQ=WEEKLY;BYDAY=FR;COUNT=3", "11,18,25")]
    [InlineData("DTSTART:20261123T230000Z|DTEND:20261124T230000Z|RRULE:FREQ=MONTHLY;BYMONTHDAY=23", "24")]
    [InlineData("DTSTART;VALUE=DATE:20251225|RRULE:FREQ=YEARLY|EXDATE;VALUE=DATE:20261225", "")]
    [InlineData(
        "DTSTART:20261220T000000|DTEND:20261221T000000|RRULE:FREQ=DAILY;COUNT=3|EXDATE:20261221T000000",
        "20,22"
    )]
    public void Days_of_December(string lines, string days)
    {
        var reading = Read($"BEGIN:VEVENT|{lines}|END:VEVENT", Berlin);
        Assert.Empty(reading.Faults);
        Assert.Equal(days, DecemberOf(reading));
    }

    [Theory]
    [InlineData("DTSTART:20261224T230000Z|DTEND:20261225T230000Z", "America/New_York", "")]
    [InlineData("DTSTART:20261225T050000Z|DTEND:20261226T050000Z", "America/New_York", "25")]
    [InlineData("DTSTART:20261225T000000Z|DTEND:20261226T000000Z", "America/New_York", "25")]
    public void Midnight_told_in_UTC_is_that_of_the_Schedules_zone(string lines, string zone, string days) =>
        Assert.Equal(days, DecemberOf(Read($"BEGIN:VEVENT|{lines}|END:VEVENT", new(DateTimeZoneProviders.Tzdb[zone]))));

    [Theory]
    [InlineData("Africa/Cairo", "DTSTART:20270429T220000Z|DTEND:20270430T210000Z", "2027-04-30")]
    [InlineData("America/Santiago", "DTSTART:20270905T040000Z|DTEND:20270906T030000Z", "2027-09-05")]
    public void A_day_whose_midnight_clocks_skip_is_a_day(string zone, string lines, string day)
    {
        var reading = Read($"BEGIN:VEVENT|{lines}|END:VEVENT", new(DateTimeZoneProviders.Tzdb[zone]));
        Assert.Empty(reading.Warnings);
        var date = LocalDatePattern.Iso.Parse(day).Value;
        Assert.Equal(
            [false, true, false],
            new[] { date.PlusDays(-1), date, date.PlusDays(1) }.Select(reading.Days!.Contains)
        );
    }

    [Theory]
    [InlineData("BEGIN:VFREEBUSY|DTSTART:20261225T080000Z|END:VFREEBUSY", "found no event (VEVENT)")]
    [InlineData(
        "BEGIN:VEVENT|DTSTART;VALUE=DATE:20261225|STATUS:CANCELLED|END:VEVENT",
        "found one event, which makes none"
    )]
    [InlineData(
        "BEGIN:VEVENT|DTSTART;VALUE=DATE:20261225|STATUS:CANCELLED|END:VEVENT"
            + "|BEGIN:VEVENT|DTSTART;VALUE=DATE:20261226|STATUS:CANCELLED|END:VEVENT",
        "found none among 2 events"
    )]
    [InlineData(
        "BEGIN:VEVENT|DTSTART;VALUE=DATE:20261225|STATUS:CANCELLED|END:VEVENT"
            + "|BEGIN:VEVENT|DTSTART:20261224T080000Z|DTEND:20261224T090000Z|END:VEVENT",
        "expected all-day events, or mode: busy"
    )]
    public void A_calendar_of_which_nothing_is_a_day_off_says_so(string lines, string warning) =>
        Assert.Contains(warning, Assert.Single(Read(lines, Berlin).Warnings).ToString(), StringComparison.Ordinal);

    [Theory]
    [InlineData("\r\n")]
    [InlineData("\n")]
    [InlineData("\r")]
    [InlineData("\r\r\n")]
    public void Lines_end_in_any_way_and_what_is_folded_is_read_whole(string end)
    {
        var text = string.Join(
            end,
            "BEGIN:VCALENDAR",
            "BEGIN:VEVENT",
            "DTSTART;VALUE=DATE:20261220",
            "RDATE;VALUE=DATE:20261222,2026",
            " 1224",
            "END:VEVENT",
            "END:VCALENDAR",
            ""
        );
        Assert.Equal("20,22,24", DecemberOf(CalendarFile.Read(text, "c", Berlin)));
    }

    [Theory]
    [InlineData("DTSTART:20261225T000000|SUMMARY:reminder", "line 3, event \"reminder\": expected a length")]
    [InlineData("DTSTART:20261224T230000Z|SUMMARY:reminder", "line 3, event \"reminder\": expected a length")]
    [InlineData(
        "DTSTART:20261225T070000Z|DTEND:20261226T070000Z|X-MICROSOFT-CDO-ALLDAYEVENT:TRUE",
        "expected an all-day event from midnight to midnight"
    )]
    [InlineData("DTSTART:20261225T080000|DTEND:20261225T090000", "expected all-day events, or mode: busy")]
    [InlineData(
        "DTSTART;VALUE=DATE:20261225|RRULE:FREQ=MONTHLY;BYDAY=-1MO;COUNT=1",
        "expected a rule that has DTSTART in it; both are taken"
    )]
    [InlineData(
        "DTSTART;VALUE=DATE:20261225|RRULE:FREQ=YEARLY|RRULE:FREQ=YEARLY|RRULE:FREQ=YEARLY|RRULE:FREQ=YEARLY"
            + "|RRULE:FREQ=YEARLY|RRULE:FREQ=YEARLY|RRULE:FREQ=YEARLY|RRULE:FREQ=YEARLY|RRULE:FREQ=YEARLY",
        "expected at most 8 rules in an event"
    )]
    public void What_may_be_meant_otherwise_is_told(string lines, string warning) =>
        Assert.Contains(
            warning,
            Assert.Single(Read($"BEGIN:VEVENT|{lines}|END:VEVENT", Berlin).Warnings).ToString(),
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("DTSTART:20261224T050000Z|DTEND:20261225T050000Z")]
    [InlineData("DTSTART:20261224T050000Z|DTEND:20261227T050000Z")]
    [InlineData("DTSTART:20261224T050000Z|DURATION:PT24H|RRULE:FREQ=YEARLY")]
    [InlineData("DTSTART:20261224T050000Z|DTEND:20261225T045900Z")]
    [InlineData("DTSTART:20261224T050000Z|DTEND:20261225T045959Z")]
    [InlineData("DTSTART;TZID=Etc/UTC:20261224T050000|DURATION:P1D")]
    // Over the change of clocks in New York.
    [InlineData("DTSTART:20261101T040000Z|DTEND:20261102T050000Z")]
    [InlineData("DTSTART:20270314T050000Z|DTEND:20270315T040000Z")]
    public void Whole_days_of_a_zone_that_is_nowhere_named_are_told_beside_others_too(string lines)
    {
        var text = $"BEGIN:VEVENT|DTSTART;VALUE=DATE:20261230|END:VEVENT|BEGIN:VEVENT|SUMMARY:x|{lines}|END:VEVENT";
        var reading = Read(text, Berlin);
        Assert.Equal("30", DecemberOf(reading));
        Assert.StartsWith(
            "x line 7, event \"x\": expected whole days of Europe/Berlin, UTC or X-WR-TIMEZONE",
            Assert.Single(reading.Warnings).ToString(),
            StringComparison.Ordinal
        );
        Assert.Null(Read(text, Berlin with { Strict = true }).Days);
        Assert.Empty(Read(text, Berlin with { Busy = true }).Warnings);
    }

    [Theory]
    [InlineData("DTSTART:20261224T050000Z|DTEND:20261225T043000Z")]
    [InlineData("DTSTART:20261224T050000Z|DTEND:20261224T170000Z")]
    [InlineData("DTSTART:20261224T050000|DTEND:20261225T050000")]
    [InlineData("DTSTART;TZID=Europe/Berlin:20261224T050000|DURATION:P1D")]
    public void Times_of_day_beside_days_say_nothing(string lines)
    {
        var reading = Read(
            $"BEGIN:VEVENT|DTSTART;VALUE=DATE:20261230|END:VEVENT|BEGIN:VEVENT|{lines}|END:VEVENT",
            Berlin
        );
        Assert.Empty(reading.Warnings);
        Assert.Equal("30", DecemberOf(reading));
    }

    [Theory]
    [InlineData("SEQUENCE:1", "SEQUENCE:2", "26,30")]
    [InlineData("SEQUENCE:10", "SEQUENCE:9", "25,30")]
    [InlineData("CLASS:PUBLIC", "SEQUENCE:1", "26,30")]
    [InlineData("SEQUENCE:1", "SEQUENCE:2|STATUS:CANCELLED", "30")]
    [InlineData("SEQUENCE:1|RECURRENCE-ID:20261220", "SEQUENCE:2|RECURRENCE-ID:20261220", "26,30")]
    // One of a series is not the series.
    [InlineData("SEQUENCE:1|RRULE:FREQ=DAILY;COUNT=2", "SEQUENCE:0|RECURRENCE-ID:20261220", "25,26,30")]
    public void Of_an_event_that_is_there_twice_the_higher_SEQUENCE_counts(string first, string second, string days)
    {
        var reading = Read(One("1", "25", first) + One("1", "26", second) + One("2", "30", first), Berlin);
        Assert.Empty(reading.Warnings);
        Assert.Equal(days, DecemberOf(reading).Replace(",31", "", StringComparison.Ordinal));

        static string One(string uid, string day, string lines) =>
            $"BEGIN:VEVENT|UID:{uid}|{lines}|DTSTART;VALUE=DATE:202612{day}|END:VEVENT|";
    }

    [Fact]
    public void Two_events_with_one_UID_and_SEQUENCE_are_both_taken_and_told_where_they_differ()
    {
        const string First = "BEGIN:VEVENT|UID:1|SUMMARY:a|DTSTART;VALUE=DATE:20261225|END:VEVENT|";
        var reading = Read(First + First.Replace("25", "26", StringComparison.Ordinal), Berlin);
        Assert.Equal("25,26", DecemberOf(reading));
        Assert.Equal(
            "x line 8, event \"a\": expected a UID of its own, or a higher SEQUENCE; all are taken, found \"UID:1\"",
            Assert.Single(reading.Warnings).ToString()
        );
        Assert.Empty(Read(First + First.Replace("SUMMARY:a", "SUMMARY:b", StringComparison.Ordinal), Berlin).Warnings);
    }

    [Fact]
    public void One_of_a_series_that_is_moved_or_cancelled_is_not_where_it_was()
    {
        var reading = Read(
            "BEGIN:VEVENT|UID:1|DTSTART;VALUE=DATE:20261220|RRULE:FREQ=DAILY;COUNT=4|END:VEVENT|"
                + "BEGIN:VEVENT|UID:1|RECURRENCE-ID;VALUE=DATE:20261221|DTSTART;VALUE=DATE:20261230|END:VEVENT|"
                + "BEGIN:VEVENT|UID:1|RECURRENCE-ID;VALUE=DATE:20261222|DTSTART;VALUE=DATE:20261222|STATUS:CANCELLED|END:VEVENT",
            Berlin
        );
        Assert.Empty(reading.Warnings);
        Assert.Equal("20,23,30", DecemberOf(reading));
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    [InlineData("\r")]
    public void Several_calendars_in_a_file_with_a_BOM_folded_anywhere(string newline)
    {
        var calendar =
            "BEGIN:VCALENDAR|BEGIN:VEVENT|DTSTART;VALUE=DA| TE:202612|\t24|SUMMARY:a|END:VEVENT|END:VCALENDAR|";
        var text = "\uFEFF" + calendar + "|\uFEFF" + calendar.Replace("24", "26", StringComparison.Ordinal);
        var reading = CalendarFile.Read(text.Replace("|", newline, StringComparison.Ordinal), "x", Berlin);
        Assert.Empty(reading.Faults);
        Assert.Equal("24,26", DecemberOf(reading));
    }

    [Theory]
    [InlineData("DTSTART:20261225T080000|DTEND:20261225T093000", "25T07:00/25T08:30")]
    [InlineData("DTSTART:20261225T080000Z|DURATION:PT30M", "25T08:00/25T08:30")]
    [InlineData(
        "DTSTART;TZID=America/New_York:20261225T080000|DTEND;TZID=Europe/Berlin:20261225T150000",
        "25T13:00/25T14:00"
    )]
    [InlineData(
        "DTSTART;TZID=/mozilla.org/20050126_1/America/New_York:20261225T080000|DURATION:PT1H",
        "25T13:00/25T14:00"
    )]
    [InlineData("DTSTART;TZID=Eastern Standard Time:20261225T080000|DURATION:PT1H", "25T13:00/25T14:00")]
    [InlineData("DTSTART;TZID=Office:20261225T080000|DURATION:PT1H", "25T13:00/25T14:00")]
    [InlineData("DTSTART:20261225T080000Z|DURATION:PT2H|TRANSP:TRANSPARENT", "")]
    [InlineData(
        "DTSTART:20261222T080000Z|DURATION:PT1H|RRULE:FREQ=DAILY;COUNT=2|EXDATE:20261222T080000Z",
        "23T08:00/23T09:00"
    )]
    [InlineData("DTSTART;VALUE=DATE:20261225", "")]
    public void In_mode_busy_times_count_as_they_stand(string lines, string spans)
    {
        var reading = Read(
            "BEGIN:VTIMEZONE|TZID:Office|X-LIC-LOCATION:America/New_York|END:VTIMEZONE|"
                + $"BEGIN:VEVENT|{lines}|END:VEVENT",
            Berlin with
            {
                Busy = true,
            }
        );
        Assert.Empty(reading.Warnings);
        var pattern = InstantPattern.CreateWithInvariantCulture("dd'T'HH:mm");
        Assert.Equal(
            spans,
            string.Join(
                ',',
                (reading.Days!.Busy?.Spans ?? []).Select(s => $"{pattern.Format(s.Start)}/{pattern.Format(s.End)}")
            )
        );
    }

    [LongTheory]
    [InlineData("DTSTART;VALUE=DATE:20200101|RRULE:FREQ=DAILY")]
    [InlineData("DTSTART:20200101T080000Z|DURATION:PT1H|RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR")]
    [InlineData("DTSTART;VALUE=DATE:20200101|RRULE:FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30")]
    [InlineData("DTSTART;VALUE=DATE:20200101|RRULE:FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU")]
    public void More_rules_without_end_than_can_be_worked_out_refuse_the_file(string lines)
    {
        var one = $"BEGIN:VEVENT|{lines}|END:VEVENT|";
        var reading = Read(
            string.Concat(Enumerable.Repeat(one, 1024 * 1024 / one.Length)),
            Berlin with
            {
                Busy = true,
            }
        );
        Assert.Null(reading.Days);
        Assert.Contains("all together until 2060", Assert.Single(reading.Faults).Expected, StringComparison.Ordinal);
    }

    private static CalendarReading Read(string lines, CalendarUse use) =>
        CalendarFile.Read(
            $"BEGIN:VCALENDAR|{lines}|END:VCALENDAR|".Replace("|", "\r\n", StringComparison.Ordinal),
            "x",
            use
        );

    private static string DecemberOf(CalendarReading reading) =>
        string.Join(',', Enumerable.Range(1, 31).Where(day => reading.Days!.Contains(new LocalDate(2026, 12, day))));
}
