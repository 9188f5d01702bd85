using Ebb.Calendars;
using Ebb.Core.Time.Specs;
using NodaTime;
using NodaTime.Text;

namespace Ebb.Tests.Calendars;

public class CalendarFileSpecs
{
    /// <summary>
    /// As calendar programs export them: folded lines, a time zone, alarms, escaped texts, timed and cancelled events.
    /// </summary>
    private const string Exported = """
        BEGIN:VCALENDAR
        PRODID:-//Google Inc//Google Calendar 70.9054//EN
        VERSION:2.0
        CALSCALE:GREGORIAN
        METHOD:PUBLISH
        X-WR-CALNAME:Feiertage in Deutschland
        X-WR-TIMEZONE:Europe/Berlin
        BEGIN:VTIMEZONE
        TZID:Europe/Berlin
        BEGIN:STANDARD
        DTSTART:19701025T030000
        RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
        TZOFFSETFROM:+0200
        TZOFFSETTO:+0100
        END:STANDARD
        END:VTIMEZONE
        BEGIN:VEVENT
        DTSTART;VALUE=DATE:20260403
        DTEND;VALUE=DATE:20260404
        DTSTAMP:20251101T090000Z
        UID:20260403_60o30dr46oo30c1g60o30dr56g@google.com
        CLASS:PUBLIC
        DESCRIPTION:Gesetzlicher Feiertag\nSo werden Feiertage ausgeblendet\, wenn ma
         n sie nicht sehen will
        SUMMARY:Karfreitag
        TRANSP:TRANSPARENT
        END:VEVENT
        BEGIN:VEVENT
        DTSTART;VALUE=DATE:20241003
        DTEND;VALUE=DATE:20241004
        RRULE:FREQ=YEARLY
        UID:einheit@example.org
        SUMMARY:Tag der Deutschen Einheit
        BEGIN:VALARM
        ACTION:DISPLAY
        TRIGGER;VALUE=DATE-TIME:20241002T180000Z
        DESCRIPTION:morgen frei
        END:VALARM
        END:VEVENT
        BEGIN:VEVENT
        DTSTART;TZID="Europe/Berlin";VALUE=DATE:20251224
        DURATION:P3D
        RRULE:FREQ=YEARLY
        UID:weihnachten@example.org
        SUMMARY:Weihnachten
        END:VEVENT
        BEGIN:VEVENT
        DTSTART;VALUE=DATE:20240229
        RRULE:FREQ=YEARLY
        UID:schalttag@example.org
        SUMMARY:Schalttag
        END:VEVENT
        BEGIN:VEVENT
        DTSTART;VALUE=DATE:20251231
        DTEND;VALUE=DATE:20260102
        RRULE:FREQ=YEARLY
        UID:neujahr@example.org
        SUMMARY:Jahreswechsel
        END:VEVENT
        BEGIN:VEVENT
        DTSTART;TZID=Europe/Berlin:20260512T090000
        DTEND;TZID=Europe/Berlin:20260512T100000
        RRULE:FREQ=WEEKLY;BYDAY=TU
        UID:besprechung@example.org
        SUMMARY:Besprechung
        END:VEVENT
        BEGIN:VEVENT
        DTSTART;VALUE=DATE:20260620
        STATUS:CANCELLED
        UID:betriebsausflug@example.org
        SUMMARY:Betriebsausflug
        END:VEVENT
        END:VCALENDAR
        """;

    private static readonly CalendarUse Berlin = new(DateTimeZoneProviders.Tzdb["Europe/Berlin"]);

    [Theory]
    [InlineData("2026-04-03", true)]
    [InlineData("2026-04-04", false)]
    [InlineData("2027-04-03", false)]
    [InlineData("2023-10-03", false)]
    [InlineData("2024-10-03", true)]
    [InlineData("2039-10-03", true)]
    [InlineData("2024-12-24", false)]
    [InlineData("2026-12-24", true)]
    [InlineData("2026-12-26", true)]
    [InlineData("2026-12-27", false)]
    [InlineData("2028-02-29", true)]
    [InlineData("2027-02-28", false)]
    [InlineData("2027-03-01", false)]
    [InlineData("2026-12-31", true)]
    [InlineData("2027-01-01", true)]
    [InlineData("2025-01-01", false)]
    [InlineData("2027-01-02", false)]
    [InlineData("2026-05-12", false)]
    [InlineData("2026-06-20", false)]
    public void A_real_calendar(string date, bool off)
    {
        var (days, faults, warnings) = CalendarFile.Read(Exported.ReplaceLineEndings("\r\n"), "days.ics", Berlin);
        Assert.Empty(faults);
        Assert.Empty(warnings);
        Assert.Equal(off, days!.Contains(LocalDatePattern.Iso.Parse(date).Value));
    }

    [Theory]
    [InlineData("RRULE:FREQ=SOMETIMES", 4, "a rule of RFC 5545 that comes again at most daily")]
    [InlineData("RRULE:FREQ=YEARLY;UNTIL=tomorrow", 4, "a rule of RFC 5545 that comes again at most daily")]
    [InlineData("RRULE:FREQ=YEARLY;BYEASTER=0", 4, "a rule of RFC 5545 that comes again at most daily")]
    [InlineData("RRULE:FREQ=HOURLY", 4, "a rule of RFC 5545 that comes again at most daily")]
    [InlineData("RRULE:FREQ=YEARLY;INTERVAL=0", 4, "a rule of RFC 5545 that comes again at most daily")]
    [InlineData("EXRULE:FREQ=YEARLY", 4, "no EXRULE")]
    [InlineData("DURATION:P99999999999D", 4, "a duration such as P1D or PT8H")]
    [InlineData("DURATION:-P1D", 4, "a duration such as P1D or PT8H")]
    [InlineData("DTEND;VALUE=DATE:20251231", 4, "an end that is not before the start")]
    [InlineData("EXDATE;VALUE=DATE:soon", 4, "dates, or dates and times")]
    [InlineData("RDATE;VALUE=PERIOD:20270101T000000Z/P1D", 4, "dates, or dates and times")]
    [InlineData("RECURRENCE-ID;RANGE=THISANDFUTURE;VALUE=DATE:20270101", 4, "no RANGE")]
    public void What_is_not_understood_is_named_and_takes_out_that_event_alone(string line, int number, string expected)
    {
        var text =
            $"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20260101\n{line}\nSUMMARY:x\nEND:VEVENT\n"
            + "BEGIN:VEVENT\nDTSTART;VALUE=DATE:20260501\nEND:VEVENT\nEND:VCALENDAR\n";
        var (days, faults, warnings) = CalendarFile.Read(text, "days.ics", Berlin);
        Assert.Empty(faults);
        Assert.Equal((false, true), (days!.Contains(new(2026, 1, 1)), days.Contains(new(2026, 5, 1))));
        var warning = $"days.ics line {number}, event \"x\": expected {expected}, found \"{line}\"";
        Assert.Equal([warning], warnings.Select(w => w.ToString()));

        var strict = CalendarFile.Read(text, "days.ics", Berlin with { Strict = true });
        Assert.Null(strict.Days);
        Assert.Equal([warning], strict.Faults.Select(f => f.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20260101\n")]
    [InlineData("BEGIN:VEVENT\nDTSTART;VALUE=DATE:20260101\nEND:VEVENT\n")]
    [InlineData("BEGIN:VCALENDAR\nEND:VCALENDAR\nEND:VCALENDAR\n")]
    [InlineData("<html><body>BEGIN:VCALENDAR</body></html>")]
    public void What_is_no_calendar_is_refused(string text)
    {
        var (days, faults, _) = CalendarFile.Read(text, "days.ics", Berlin);
        Assert.Null(days);
        Assert.NotEmpty(faults);
    }

    [Fact]
    public void Everything_that_is_wrong_is_said_at_once_and_where()
    {
        var (days, faults, warnings) = CalendarFile.Read(
            """
            BEGIN:VCALENDAR
            BEGIN:VEVENT
            DTSTART;VALUE=DATE:202
             61399
            SUMMARY:folded
            END:VEVENT
            BEGIN:VEVENT
            DTSTART;VALUE=DATE:
            SUMMARY:empty
            END:VEVENT
            BEGIN:VEVENT
            SUMMARY:none
            END:VEVENT
            BEGIN:VEVENT
            DTSTART;VALUE=DATE:20260101
            RRULE:FREQ=
            END:VEVENT
            END:VCALENDAR
            """,
            "days.ics",
            Berlin
        );
        Assert.NotNull(days);
        Assert.Empty(faults);
        Assert.Equal(
            [
                "days.ics line 3, event \"folded\": expected a date such as 20261225, or a date and time such as "
                    + "20261225T080000Z, found \"DTSTART;VALUE=DATE:20261399\"",
                "days.ics line 8, event \"empty\": expected a date such as 20261225, or a date and time such as "
                    + "20261225T080000Z, found \"DTSTART;VALUE=DATE:\"",
                "days.ics line 11, event \"none\": expected DTSTART, found nothing",
                "days.ics line 16, event \"\": expected a rule of RFC 5545 that comes again at most daily, "
                    + "found \"RRULE:FREQ=\"",
            ],
            warnings.Select(w => w.ToString())
        );
    }

    [Theory]
    [InlineData("DTSTART;TZID=Nowhere/None:20260512T090000")]
    [InlineData("DTSTART;TZID=\"A; zone: of its own\":20260512T090000")]
    [InlineData("GEO:nowhere\nDTSTART:20260512T090000Z")]
    [InlineData("this line was broken by hand\nDTSTART:20260512T090000Z")]
    public void What_says_nothing_of_days_refuses_no_calendar(string line)
    {
        var (days, faults, warnings) = CalendarFile.Read(
            "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20260101\nEND:VEVENT\n"
                + $"BEGIN:VEVENT\n{line}\nEND:VEVENT\nEND:VCALENDAR\n",
            "days.ics",
            Berlin
        );
        Assert.Empty(faults);
        Assert.Empty(warnings);
        Assert.True(days!.Contains(new NodaTime.LocalDate(2026, 1, 1)));
        Assert.False(days.Contains(new NodaTime.LocalDate(2026, 5, 12)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_damaged_file_is_read_or_refused_with_its_faults_and_never_more(int seed)
    {
        var random = new Random(seed);
        for (var run = 0; run < 500; run++)
        {
            var damaged = Exported.ToCharArray();
            for (var change = 0; change < 4; change++)
                damaged[random.Next(damaged.Length)] = Exported[random.Next(Exported.Length)];
            var (days, faults, _) = CalendarFile.Read(new string(damaged), "days.ics", Berlin);
            Assert.True(days is null == faults.Count > 0, new string(damaged));
        }
    }

    [Fact]
    public void A_file_of_folded_lines_is_read_in_one_pass()
    {
        // Both once, so that what is compared is the reading.
        Allocated(1000);
        var (once, twice) = (Allocated(100_000), Allocated(200_000));
        Assert.InRange(twice, once, (3 * once) + 1_000_000);
    }

    [Theory]
    [InlineData("SUMMARY:", 20, true)]
    [InlineData("SUMMARY:", 70_000, true)]
    [InlineData("UID:", 70_000, false)]
    public void A_line_of_which_something_is_read_has_a_bound(string name, int length, bool isRead)
    {
        var (days, _, warnings) = CalendarFile.Read(
            "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20260101\r\n"
                + name
                + new string('x', length)
                + "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
            "a",
            Berlin
        );
        Assert.Equal(isRead, days!.Contains(new(2026, 1, 1)));
        Assert.Equal(isRead ? 0 : 1, warnings.Count);
        Assert.All(warnings, w => Assert.StartsWith("a line 4, event \"xxx", w.ToString(), StringComparison.Ordinal));
    }

    private static long Allocated(int folds)
    {
        var text = string.Concat(
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART;VALUE=DATE:20260101\r\nDESCRIPTION:",
            string.Concat(Enumerable.Repeat("a\r\n ", folds)),
            "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
        );
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.NotNull(CalendarFile.Read(text, "a", Berlin).Days);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
