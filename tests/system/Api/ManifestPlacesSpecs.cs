using Ebb.Engine.Http;
using Ebb.Engine.Schedules;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Ebb.Tests.Api;

public sealed class ManifestPlacesSpecs
{
    private readonly ManifestPlaces _places = new();

    [Fact]
    public async Task Two_are_held_at_a_time_and_a_third_is_told_to_come_again()
    {
        var ends = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var (one, two) = (TakeAsync(() => ends.Task), TakeAsync(() => ends.Task));
        Assert.Equal(StatusCodes.Status429TooManyRequests, await TakeAsync(() => Task.CompletedTask));
        ends.SetResult();
        Assert.Equal((StatusCodes.Status200OK, StatusCodes.Status200OK), (await one, await two));
        Assert.Equal(StatusCodes.Status200OK, await TakeAsync(() => Task.CompletedTask));
    }

    [Fact]
    public async Task One_that_fails_gives_its_place_back()
    {
        for (var i = 0; i < 3; i++)
            await Assert.ThrowsAsync<InvalidOperationException>(() =>
                TakeAsync(() => throw new InvalidOperationException())
            );
        Assert.Equal(StatusCodes.Status200OK, await TakeAsync(() => Task.CompletedTask));
    }

    [Fact]
    public async Task They_are_parsed_on_threads_that_are_not_the_pools() =>
        Assert.False(
            await OwnThread.RunAsync(
                () => Task.FromResult(Thread.CurrentThread.IsThreadPoolThread),
                TestContext.Current.CancellationToken
            )
        );

    private async Task<int> TakeAsync(Func<Task> serve)
    {
        await using var services = new ServiceCollection().AddLogging().BuildServiceProvider();
        var context = new DefaultHttpContext { RequestServices = services };
        await _places.TakeAsync(context, serve);
        return context.Response.StatusCode;
    }
}
