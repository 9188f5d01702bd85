using Ebb.Core.Schedules;
using static Ebb.Core.Tests.Schedules.Texts;

namespace Ebb.Core.Tests.Schedules;

public class CalendarFileSpecs
{
    /// <summary>As calendar programs export them: folded lines, a time zone, alarms, escaped texts, timed and cancelled events.</summary>
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
        var (days, faults) = CalendarFile.Read(Exported.ReplaceLineEndings("\r\n"), "days.ics");
        Assert.Empty(faults);
        Assert.Equal(off, days!.Contains(Date(date)));
    }

    [Theory]
    [InlineData(
        "RRULE:FREQ=WEEKLY",
        "days.ics line 3, event \"x\": expected RRULE:FREQ=YEARLY and nothing more, found \"RRULE:FREQ=WEEKLY\""
    )]
    [InlineData(
        "RRULE:FREQ=YEARLY;COUNT=3",
        "days.ics line 3, event \"x\": expected RRULE:FREQ=YEARLY and nothing more, found \"RRULE:FREQ=YEARLY;COUNT=3\""
    )]
    [InlineData(
        "RRULE:FREQ=YEARLY;INTERVAL=2",
        "days.ics line 3, event \"x\": expected RRULE:FREQ=YEARLY and nothing more, found \"RRULE:FREQ=YEARLY;INTERVAL=2\""
    )]
    [InlineData(
        "EXDATE;VALUE=DATE:20270101",
        "days.ics line 3, event \"x\": expected no EXDATE, found \"EXDATE:20270101\""
    )]
    [InlineData(
        "RDATE;VALUE=DATE:20270101",
        "days.ics line 3, event \"x\": expected no RDATE, found \"RDATE:20270101\""
    )]
    [InlineData(
        "RECURRENCE-ID;VALUE=DATE:20270101",
        "days.ics line 3, event \"x\": expected no RECURRENCE-ID, found \"RECURRENCE-ID:20270101\""
    )]
    [InlineData(
        "DTEND;VALUE=DATE:20260101",
        "days.ics line 3, event \"x\": expected an end at least one day after the start, found \"DTEND:20260101\""
    )]
    public void Anything_more_is_refused_by_name(string line, string fault)
    {
        var (days, faults) = CalendarFile.Read(
            $"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20260101\n{line}\nSUMMARY:x\nEND:VEVENT\nEND:VCALENDAR\n",
            "days.ics"
        );
        Assert.Null(days);
        Assert.Equal([fault], faults.Select(f => f.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20260101\n")]
    [InlineData("BEGIN:VEVENT\nDTSTART;VALUE=DATE:20260101\nEND:VEVENT\n")]
    [InlineData("BEGIN:VCALENDAR\nEND:VCALENDAR\nEND:VCALENDAR\n")]
    [InlineData("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20261399\nEND:VEVENT\nEND:VCALENDAR\n")]
    public void What_is_no_calendar_is_refused(string text)
    {
        var (days, faults) = CalendarFile.Read(text, "days.ics");
        Assert.Null(days);
        Assert.NotEmpty(faults);
    }
}
