using Ebb.Core.Time.Sizing;
using Ebb.Core.Time.Timetables;
using Ebb.Core.Workloads;
using NodaTime;

namespace Ebb.Core.Tests.Schedules;

/// <summary>Objects that ask of one workload what cannot all be.</summary>
public class ScheduleConflictSpecs
{
    private static readonly Instant Midnight = Instant.FromUtc(2026, 1, 19, 0, 0);

    [Theory]
    // The greatest of each counts: floors never contradict, a ceiling does when another one is above it.
    [InlineData("8-12 3-", "10-14 5-", "")]
    [InlineData("8-12 3-8", "10-14 5-8", "")]
    [InlineData("8-12 -2", "10-14 5-", "10-12 5-5: a lost, b held")]
    [InlineData("8-12 -2", "10-14 -8", "10-12 -8: a lost, b held")]
    [InlineData("8-12 -0", "10-14 1-", "10-12 1-1: a lost, b held")]
    [InlineData("8-12 0-", "10-14 1-", "10-12 1-: a lost, b held")]
    [InlineData("8-12 -0", "10-14 0-", "")]
    [InlineData("8-12 -0", "12-14 5-", "")]
    [InlineData("8-12 -0", "7-24 5-", "8-12 5-5: a lost, b held")]
    public void Of_two_that_hold_at_once_whoever_does_not_get_what_it_asks_is_in_conflict(
        string a,
        string b,
        string expected
    ) => Assert.Equal(expected, Told(ScheduleConflict.Of([Wish("a", a), Wish("b", b)], Midnight, Midnight + Day)));

    [Fact]
    public void Each_group_is_told_once_when_it_begins_for_the_first_time()
    {
        var found = ScheduleConflict.Of(
            [Wish("a", "8-12 -2"), Wish("b", "10-14 5-"), Wish("c", "11-13 7-")],
            Midnight,
            Midnight + (2 * Day)
        );
        Assert.Equal("10-11 5-5: a lost, b held; 11-12 7-7: a lost, b held, c held", Told(found));
    }

    [Fact]
    public void What_names_the_workload_in_another_way_is_in_conflict_when_it_asks_for_something_else()
    {
        Assert.Equal(
            "10-12 each: a unknown, b unknown",
            Told(ScheduleConflict.Of([Wish("a", "8-12 3-"), Wish("b", "10-14 5-", "hpa")], Midnight, Midnight + Day))
        );
        Assert.Empty(
            ScheduleConflict.Of([Wish("a", "8-12 3-"), Wish("b", "10-14 3-", "hpa")], Midnight, Midnight + Day)
        );
    }

    private static Duration Day => Duration.FromDays(1);

    /// <param name="name">Whose.</param>
    /// <param name="text">Hours of each day, and bounds: <c>8-12 3-5</c>.</param>
    /// <param name="through">What it names.</param>
    private static ScheduleWish Wish(string name, string text, string through = "web")
    {
        var parts = text.Split(' ');
        var (hours, bounds) = (parts[0].Split('-'), parts[1].Split('-'));
        var by = new ObjectView
        {
            Ref = new ObjectRef("autoscaling.d-kuro.github.io/v1", "Schedule", "shop", name),
            Uid = name,
            ResourceVersion = "1",
        };
        return new ScheduleWish(
            by,
            through,
            new Hours(int.Parse(hours[0]), int.Parse(hours[1]), new ScaleBounds(Number(bounds[0]), Number(bounds[1])))
        );
    }

    private static int? Number(string text) => text.Length == 0 ? null : int.Parse(text);

    private static string Told(IReadOnlyList<ScheduleConflict> conflicts) =>
        string.Join(
            "; ",
            conflicts.Select(c =>
                $"{Hour(c.From)}-{Hour(c.To)} {(c.Counts is { } counts ? $"{counts.Min}-{counts.Max}" : "each")}: "
                + string.Join(
                    ", ",
                    c.Sides.Select(side =>
                        $"{side.By.Ref.Name} {(side.Holds switch { null => "unknown", true => "held", false => "lost" })}"
                    )
                )
            )
        );

    private static double Hour(Instant at) => (at - Midnight).TotalHours;

    /// <summary>The same hours of each day, the last excluded.</summary>
    private sealed class Hours(int first, int last, ScaleBounds bounds) : ITimetable
    {
        public ScheduleState At(Instant at)
        {
            var hour = at.InUtc().Hour;
            return hour >= first && hour < last
                ? new ScheduleState(bounds, "hours", true)
                : new ScheduleState(ScaleBounds.None, "", false);
        }

        public Instant? NextChange(Instant at) =>
            Instant.FromUnixTimeSeconds(((at.ToUnixTimeSeconds() / 3600) + 1) * 3600);
    }
}
