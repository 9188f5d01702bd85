using Ebb.Core.Time.Specs;
using Ebb.Core.Time.Timetables;
using Ebb.Core.Time.Windows;
using static Ebb.Core.Tests.Schedules.Texts;

namespace Ebb.Core.Tests.Schedules;

public class TimetableSpecs
{
    private static ITimetable Scaler(string hpa, string ranges)
    {
        var parsed = ServiceScalerSpec.Read(Json($"{{'hpa':{{{hpa}}},'timeRangeSpec':[{ranges}]}}"));
        Assert.True(parsed.Value is not null, string.Join("; ", parsed.Faults));
        return parsed.Value.Timetable;
    }

    private static string Range(string from, string to, string hpa) =>
        $"{{'kind':'ZonedTime','from':'{from}','to':'{to}','replicaSpec':{{'hpa':{{{hpa}}}}}}}";

    private static string MinMax(ScheduleState state) => $"{state.Bounds.Min}-{state.Bounds.Max}";

    /// <summary>The README of service-scaler, in UTC (its times are 05:30 ahead).</summary>
    [Theory]
    [InlineData("2026-01-15T02:29", "3-8 50 -")]
    [InlineData("2026-01-15T02:30", "4-8 50 75")]
    [InlineData("2026-01-15T10:29", "4-8 50 75")]
    [InlineData("2026-01-15T10:30", "3-8 50 -")]
    [InlineData("2026-01-15T18:30", "2-8 50 -")]
    [InlineData("2026-01-15T20:30", "2-8 50 -")]
    public void The_published_configuration(string at, string expected)
    {
        var timetable = Scaler(
            "'minReplicas':4,'maxReplicas':8,'targetCPUUtilization':50,'targetMemoryUtilization':75",
            $"{Range("16:00+05:30", "00:00+05:30", "'minReplicas':3,'targetMemoryUtilization':0")},"
                + $"{Range("00:00+05:30", "08:00+05:30", "'minReplicas':2,'targetMemoryUtilization':0")}"
        );
        var bounds = timetable.At(Utc(at)).Bounds;
        Assert.Equal(
            expected,
            $"{bounds.Min}-{bounds.Max} "
                + $"{bounds.Cpu?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "-"} "
                + $"{bounds.Memory?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "-"}"
        );
    }

    /// <summary>4-8 becomes 16-20 at 12:00: six periods of five minutes, two more at the end of each.</summary>
    [Theory]
    [InlineData("11:29", "4-8")]
    [InlineData("11:30", "4-8")]
    [InlineData("11:34", "4-8")]
    [InlineData("11:35", "6-10")]
    [InlineData("11:40", "8-12")]
    [InlineData("11:45", "10-14")]
    [InlineData("11:50", "12-16")]
    [InlineData("11:55", "14-18")]
    [InlineData("11:59", "14-18")]
    [InlineData("12:00", "16-20")]
    [InlineData("12:59", "6-10")]
    [InlineData("13:00", "4-8")]
    public void Gradually(string at, string expected) =>
        Assert.Equal(
            expected,
            MinMax(
                Scaler(
                        "'minReplicas':4,'maxReplicas':8",
                        Range("12:00Z", "13:00Z", "'minReplicas':16,'maxReplicas':20")
                    )
                    .At(Utc($"2026-01-15T{at}"))
            )
        );

    /// <summary>A step has no fraction: 2 to 4 moves when at most two periods are left.</summary>
    [Theory]
    [InlineData("11:50", 2)]
    [InlineData("11:55", 3)]
    [InlineData("12:00", 4)]
    [InlineData("12:54", 4)]
    [InlineData("12:55", 3)]
    [InlineData("13:00", 2)]
    public void Gradually_in_whole_replicas(string at, int min) =>
        Assert.Equal(
            min,
            Scaler("'minReplicas':2,'maxReplicas':8", Range("12:00Z", "13:00Z", "'minReplicas':4"))
                .At(Utc($"2026-01-15T{at}"))
                .Bounds.Min
        );

    [Fact]
    public void A_range_shorter_than_half_an_hour_begins_with_its_own_size()
    {
        var timetable = Scaler("'minReplicas':2,'maxReplicas':20", Range("12:00Z", "12:10Z", "'minReplicas':10"));
        Assert.Equal(
            [10, 6, 2],
            new[] { "12:00", "12:05", "12:10" }.Select(at => timetable.At(Utc($"2026-01-15T{at}")).Bounds.Min!.Value)
        );
    }

    [Fact]
    public void A_ZonedDateTime_that_is_past_moves_nothing()
    {
        var timetable = Scaler(
            "'minReplicas':2,'maxReplicas':20",
            "{'kind':'ZonedDateTime','from':'2023-01-11T08:00:00+05:30','to':'2023-01-11T09:00:00+05:30',"
                + "'replicaSpec':{'hpa':{'minReplicas':10}}}"
        );
        Assert.Null(timetable.NextChange(Utc("2026-01-15T12:00")));
        Assert.Equal("2-20", MinMax(timetable.At(Utc("2026-01-15T12:00"))));
    }

    [Fact]
    public void Between_two_changes_nothing_changes_and_at_each_something_may()
    {
        var timetable = Scaler(
            "'minReplicas':4,'maxReplicas':8",
            $"{Range("22:10Z", "06:00Z", "'minReplicas':1")},"
                + $"{Range("05:45Z", "12:00Z", "'maxReplicas':20,'minReplicas':9")}"
        );
        var at = Utc("2026-01-15T00:00");
        for (var i = 0; i < 60; i++)
        {
            var next = timetable.NextChange(at)!.Value;
            Assert.True(next > at);
            Assert.Equal(timetable.At(at), timetable.At(next - Duration.Epsilon));
            for (var between = at; between < next; between += Duration.FromMinutes(1))
                Assert.Equal(timetable.At(at), timetable.At(between));
            at = next;
        }
    }

    [Theory]
    [InlineData("5-30, 8-", "8-30")]
    [InlineData("20-", "20-20")]
    [InlineData("-2", "2-2")]
    [InlineData("0-0", "0-0")]
    [InlineData("12-, -5", "12-12")]
    [InlineData("", "3-10")]
    public void Of_several_the_greatest_and_what_none_gives_is_the_usual(string given, string expected)
    {
        var all = Window.Recurring(DateTimeZone.Utc, new LocalTime(0, 0), new LocalTime(23, 59), WeekDays.All);
        int? Number(string text) =>
            text.Length == 0 ? null : int.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
        var timetable = new GreatestBounds(
            new ScheduleState(new ScaleBounds(3, 10), "usual", false),
            [
                .. given
                    .Split(", ", StringSplitOptions.RemoveEmptyEntries)
                    .Select(g => new SingleRule(
                        new Rule(all, new ScaleBounds(Number(g.Split('-')[0]), Number(g.Split('-')[1])), g)
                    )),
            ]
        );
        Assert.Equal(expected, MinMax(timetable.At(Utc("2026-01-15T12:00"))));
    }

    [Fact]
    public void Intervals_have_no_gap_and_no_equal_neighbours()
    {
        var timetable = Scaler(
            "'minReplicas':4,'maxReplicas':8",
            $"{Range("08:00Z", "12:00Z", "'minReplicas':5")},{Range("12:00Z", "16:00Z", "'minReplicas':5")}"
        );
        var (from, to) = (Utc("2026-01-15T00:00"), Utc("2026-01-18T00:00"));
        var intervals = TimetableIntervals.Of(timetable, from, to);
        Assert.Equal((from, to), (intervals[0].From, intervals[^1].To));
        Assert.All(
            intervals.Zip(intervals.Skip(1)),
            pair =>
            {
                Assert.Equal(pair.First.To, pair.Second.From);
                Assert.NotEqual((pair.First.Bounds, pair.First.Cause), (pair.Second.Bounds, pair.Second.Cause));
            }
        );
        var whole = TimetableIntervals.At(timetable, Utc("2026-01-16T13:00"), Duration.FromDays(366));
        Assert.Equal((Utc("2026-01-16T12:00"), Utc("2026-01-16T16:00")), (whole.From, whole.To));
    }

    /// <summary>Ticks missed, doubled or out of order: what holds depends on the instant alone.</summary>
    [Fact]
    public void An_almanac_says_the_same_in_whatever_order_it_is_asked()
    {
        List<ITimetable> timetables =
        [
            .. Enumerable
                .Range(0, 50)
                .Select(i =>
                    Scaler(
                        "'minReplicas':4,'maxReplicas':8",
                        Range($"{i % 24}:{i:00}Z", $"{(i + 5) % 24}:00Z", "'minReplicas':8,'maxReplicas':9")
                    )
                ),
        ];
        var almanac = new TimetableCache(timetables);
        var random = new Random(7);
        for (var i = 0; i < 500; i++)
        {
            var at = Utc("2026-01-15T00:00") + Duration.FromMinutes(random.Next(3 * 1440));
            almanac.Update(at);
            Assert.False(almanac.Update(at));
            for (var t = 0; t < timetables.Count; t++)
                Assert.Equal(timetables[t].At(at), almanac[t]);
        }
    }
}
