using Ebb.Engine.Loops;
using NodaTime;

namespace Ebb.Tests.Loops;

public sealed class HostTimerSpecs
{
    private static readonly Instant Began = Instant.FromUtc(2026, 1, 15, 12, 0);
    private static readonly Duration Limit = Duration.FromSeconds(10);

    [Fact]
    public void One_that_never_came_is_silent_and_that_is_news_once()
    {
        var timer = new HostTimer();
        Assert.True(timer.IsSilent(Limit, Began, out var news));
        Assert.True(news);
        Assert.True(timer.IsSilent(Limit, Began, out news));
        Assert.False(news);
    }

    [Theory]
    [InlineData(9.999, false)]
    [InlineData(10, true)]
    public void It_is_silent_from_the_limit_on(double seconds, bool silent)
    {
        var timer = new HostTimer();
        timer.Fired(Began);
        Assert.Equal(silent, timer.IsSilent(Limit, Began + Duration.FromSeconds(seconds), out _));
    }

    [Fact]
    public void One_that_came_again_may_fall_silent_again()
    {
        var timer = new HostTimer();
        timer.IsSilent(Limit, Began, out _);
        timer.Fired(Began);
        Assert.False(timer.IsSilent(Limit, Began, out _));
        Assert.True(timer.IsSilent(Limit, Began + Limit, out var news));
        Assert.True(news);
    }
}
