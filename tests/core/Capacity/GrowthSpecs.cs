using Ebb.Core.Capacity;
using static Ebb.Core.Tests.At;

namespace Ebb.Core.Tests.Capacity;

public sealed class GrowthSpecs
{
    private static readonly GrowthSettings FiveAMinute = GrowthSettings.Default with { Step = 5 };

    [Fact]
    public void It_yields_at_once() => Assert.Equal(7, Growth.From(20, Zero).Next(7, FiveAMinute, Zero).Count);

    [Fact]
    public void It_grows_by_a_step_each_period_and_no_sooner()
    {
        var growth = Growth.From(0, Zero);
        int[] counts =
        [
            .. Enumerable.Range(0, 241).Select(second => (growth = growth.Next(12, FiveAMinute, Second(second))).Count),
        ];
        Assert.Equal(
            [0, 0, 5, 5, 10, 12, 12],
            new[] { 0, 59, 60, 119, 120, 180, 240 }.Select(second => counts[second])
        );
    }

    [Fact]
    public void One_replica_more_moves_nothing_except_from_none()
    {
        Assert.Equal(10, Growth.From(10, Zero).Next(11, FiveAMinute, Second(600)).Count);
        Assert.Equal(12, Growth.From(10, Zero).Next(12, FiveAMinute, Second(600)).Count);
        Assert.Equal(1, Growth.From(0, Zero).Next(1, FiveAMinute, Second(600)).Count);
    }

    [Fact]
    public void A_pod_that_comes_and_goes_each_second_moves_it_once()
    {
        var growth = Growth.From(10, Zero);
        var counts = Enumerable
            .Range(1, 600)
            .Select(second => (growth = growth.Next(second % 2 == 0 ? 10 : 9, FiveAMinute, Second(second))).Count)
            .Distinct();
        Assert.Equal([9], counts);
    }

    [Fact]
    public void It_holds_while_nothing_is_known_and_gives_back_after_the_trust_is_used_up()
    {
        var growth = Growth.From(12, Zero);
        int At(double minute) => (growth = growth.Next(null, FiveAMinute, Second(minute * 60))).Count;
        Assert.Equal([12, 12, 12, 7, 7, 2, 0, 0], new[] { 0, 1, 4.9, 5, 5.9, 6, 7, 60 }.Select(At));
    }

    [Fact]
    public void How_often_it_is_looked_at_does_not_matter()
    {
        var (often, seldom) = (Growth.From(100, Zero), Growth.From(100, Zero).Next(null, GrowthSettings.Default, Zero));
        for (var second = 0; second <= 900; second++)
            often = often.Next(null, GrowthSettings.Default, Second(second));
        Assert.Equal(seldom.Next(null, GrowthSettings.Default, Second(900)).Count, often.Count);
        Assert.InRange(often.Count, 1, 99);
    }

    [Fact]
    public void When_it_is_known_again_it_takes_up_from_where_it_is()
    {
        var growth = Growth.From(12, Zero).Next(null, FiveAMinute, Zero).Next(null, FiveAMinute, Second(300));
        Assert.Equal(7, growth.Count);
        growth = growth.Next(12, FiveAMinute, Second(310));
        Assert.Equal((7, null), (growth.Count, growth.LostAt));
        Assert.Equal(Second(370), growth.NextChange(12, FiveAMinute));
        Assert.Equal(12, growth.Next(12, FiveAMinute, Second(370)).Count);
    }

    [Fact]
    public void A_step_may_be_a_part_of_what_fits()
    {
        Assert.Equal(16, Growth.From(0, Zero).Next(154, GrowthSettings.Default, Second(60)).Count);
        Assert.Equal(1, Growth.From(0, Zero).Next(3, GrowthSettings.Default, Second(60)).Count);
    }

    [Fact]
    public void It_does_not_grow_while_room_is_made_for_a_pending_pod_and_gives_back_as_ever()
    {
        var ten = Growth.From(10, Zero);
        Assert.Equal(10, ten.Next(20, FiveAMinute, Second(600), isClearing: true).Count);
        Assert.Null(ten.NextChange(20, FiveAMinute, isClearing: true));
        Assert.Equal(8, ten.Next(8, FiveAMinute, Second(600), isClearing: true).Count);
        Assert.Equal(15, ten.Next(20, FiveAMinute, Second(600)).Count);
    }
}
