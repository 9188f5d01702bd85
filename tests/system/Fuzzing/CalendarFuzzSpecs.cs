using Ebb.Calendars;
using Ebb.Core.Time.Specs;
using Ebb.Tests.Harness;
using NodaTime;

namespace Ebb.Tests.Fuzzing;

/// <summary>Calendars of tenants.</summary>
public sealed class CalendarFuzzSpecs
{
    private static readonly CalendarUse Use = new(DateTimeZoneProviders.Tzdb["Europe/Berlin"]);

    private static readonly string[] Pieces =
    [
        "\r\n ",
        "\r\n",
        "\n",
        "BEGIN:VEVENT\r\n",
        "END:VEVENT\r\n",
        "BEGIN:VCALENDAR\r\n",
        "END:VCALENDAR\r\n",
        "RRULE:FREQ=DAILY\r\n",
        "RRULE:FREQ=YEARLY;BYDAY=-1SU,53MO;BYSETPOS=-366\r\n",
        "FREQ=SECONDLY",
        "INTERVAL=0",
        "INTERVAL=2147483648",
        "COUNT=99999999999",
        "UNTIL=99991231T235959Z",
        "UNTIL=00000000",
        "BYMONTHDAY=-31,31",
        "EXDATE:20260101\r\n",
        "RDATE;VALUE=PERIOD:20260101T000000Z/P9999D\r\n",
        "DURATION:P99999999999W\r\n",
        "DURATION:-PT0S\r\n",
        "DTEND:00010101\r\n",
        "DTSTART;VALUE=DATE:99991231\r\n",
        "DTSTART;TZID=Nowhere/Else:20260329T023000\r\n",
        "RECURRENCE-ID:20260101\r\n",
        ";",
        ":",
        "\"",
        ",",
        "=",
        "\0",
    ];

    [LongTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void Files(bool busy) =>
        Fuzz.Run(
            "calendar",
            Pieces,
            text => IsRead(text, Use with { Busy = busy }),
            (text, read) => Assert.True(read || !IsRead(text, Use with { Busy = busy, Strict = true }))
        );

    public static TheoryData<string, string, string> Growing =>
        new()
        {
            { "SUMMARY:", "x\r\n ", "\r\n" },
            { "SUMMARY", ";X=\"a\"", ":x\r\n" },
            { "SUMMARY:", "\\, ", "\r\n" },
            { "DTSTART;VALUE=DATE:20260101\r\nRDATE:", "20260102,", "20260103\r\n" },
            { "DTSTART;VALUE=DATE:20260101\r\nRRULE:FREQ=DAILY;COUNT=9\r\n", "EXDATE:20260102\r\n", "" },
            { "DTSTART;VALUE=DATE:20260101\r\n", "RRULE:FREQ=DAILY\r\n", "" },
            { "DTSTART;VALUE=DATE:20260101\r\nRRULE:FREQ=YEARLY;BYMONTHDAY=", "1,", "1\r\n" },
            { "", "BEGIN:VALARM\r\nEND:VALARM\r\n", "" },
            { "", "BEGIN:X\r\n", "" },
            { "", "END:VEVENT\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20260101\r\n", "" },
            { "", "END:VEVENT\r\nBEGIN:VEVENT\r\nUID:a\r\nDTSTART:20260101\r\nRECURRENCE-ID:20260101\r\n", "" },
            { "", "END:VEVENT\r\nBEGIN:VEVENT\r\nDTSTART:20260101T000000\r\nRRULE:FREQ=DAILY\r\n", "" },
            { "", "END:VEVENT\r\nEND:VCALENDAR\r\nBEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n", "" },
        };

    [LongTheory]
    [MemberData(nameof(Growing))]
    public void A_file_costs_what_its_length_does(string before, string piece, string after) =>
        Fuzz.IsLinear(
            size =>
                "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n"
                + before
                + string.Concat(Enumerable.Repeat(piece, size / piece.Length))
                + after
                + "END:VEVENT\r\nEND:VCALENDAR\r\n",
            60_000,
            text => IsRead(text, Use with { Busy = true })
        );

    /// <summary>Where two of one UID differ it is told, and one of them may be as long as the file.</summary>
    [LongFact]
    public void Events_of_one_UID_cost_what_their_length_does() =>
        Fuzz.IsLinear(
            size =>
                "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:a\r\nDTSTART;VALUE=DATE:20260101\r\n"
                + string.Concat(Enumerable.Repeat("EXDATE;VALUE=DATE:20260102\r\n", size / 60))
                + "END:VEVENT\r\n"
                + string.Concat(
                    Enumerable.Repeat(
                        "BEGIN:VEVENT\r\nUID:a\r\nDTSTART;VALUE=DATE:20260103\r\nEND:VEVENT\r\n",
                        size / 120
                    )
                )
                + "END:VCALENDAR\r\n",
            60_000,
            text => IsRead(text, Use)
        );

    /// <summary>Of a file whose rules are as dear as they can be, in a build that is not optimized.</summary>
    private static readonly TimeSpan MostOfAll = TimeSpan.FromSeconds(1.5);

    // What is looked at for one turn of such a rule is a year of days, or a month.
    [LongTheory]
    [InlineData("FREQ=YEARLY;BYDAY=-1SU,53MO;BYSETPOS=-366")]
    [InlineData("FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYSETPOS=-366")]
    [InlineData("FREQ=YEARLY;BYWEEKNO=1,20,53;BYDAY=MO,FR")]
    [InlineData("FREQ=YEARLY;BYYEARDAY=1,100,200,300,366;BYSETPOS=9")]
    [InlineData("FREQ=YEARLY;BYMONTH=1,2,3,4,5,6,7,8,9,10,11,12;BYMONTHDAY=31;BYSETPOS=99")]
    [InlineData("FREQ=YEARLY;BYMONTH=1,2,3,4,5,6,7,8,9,10,11,12;BYDAY=1MO,-1FR")]
    [InlineData("FREQ=MONTHLY;BYDAY=1MO,2TU,3WE,-1FR,5SU;BYSETPOS=-31")]
    [InlineData("FREQ=MONTHLY;BYMONTHDAY=1,-1,31;BYDAY=SU;BYSETPOS=3")]
    [InlineData("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYSETPOS=-7")]
    [InlineData("FREQ=WEEKLY;BYDAY=MO;BYSETPOS=2")]
    [InlineData("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30")]
    [InlineData("FREQ=DAILY;BYSETPOS=2")]
    public void A_file_full_of_rules_of_which_each_is_dear_is_bounded(string rule)
    {
        foreach (var start in new[] { "DTSTART;VALUE=DATE:20260101", "DTSTART;VALUE=DATE:19010101" })
        {
            var one = $"BEGIN:VEVENT\r\n{start}\r\nRRULE:{rule}\r\nEND:VEVENT\r\n";
            var text =
                $"BEGIN:VCALENDAR\r\n{string.Concat(Enumerable.Repeat(one, 1_000_000 / one.Length))}END:VCALENDAR\r\n";
            var cost = ThreadCost.Of(() => IsRead(text, Use));
            if (cost.Cpu > MostOfAll)
                cost = ThreadCost.Least(() => IsRead(text, Use));
            Assert.True(cost.Cpu <= MostOfAll && cost.Bytes <= 1L << 30, $"{start}: it cost {cost}");
        }
    }

    private static bool IsRead(string text, CalendarUse use)
    {
        var reading = CalendarFile.Read(text, "days.ics", use);
        Assert.Equal(reading.Days is null, reading.Faults.Count > 0);
        return reading.Days is not null;
    }
}
