using Ebb.Engine.Schedules;

namespace Ebb.Tests.Api;

public sealed class PreviewPlacesSpecs
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_are_read_at_a_time_on_threads_of_their_own_and_a_third_is_told_to_come_again()
    {
        using var places = new PreviewPlaces();
        var ends = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var pooled = true;
        Task<string?> Hold() =>
            places.TryAsync(
                () =>
                {
                    pooled &= Thread.CurrentThread.IsThreadPoolThread;
                    return ends.Task;
                },
                Stop
            );
        var (one, two) = (Hold(), Hold());
        Assert.Null(await Hold());
        ends.SetResult("read");
        Assert.Equal(("read", "read"), (await one, await two));
        Assert.False(pooled);
        Assert.Equal("read", await Hold());
    }

    [Fact]
    public async Task One_that_fails_gives_its_place_back()
    {
        using var places = new PreviewPlaces();
        for (var i = 0; i < 3; i++)
            await Assert.ThrowsAsync<InvalidOperationException>(() =>
                places.TryAsync<string>(() => throw new InvalidOperationException(), Stop)
            );
        Assert.Equal("read", await places.TryAsync(() => Task.FromResult("read"), Stop));
    }
}
