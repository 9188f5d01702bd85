using Ebb.Engine.Http;
using Ebb.Engine.Schedules;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Ebb.Tests.Api;

public sealed class ManifestPlacesSpecs
{
    private readonly ManifestPlaces _places = new();

    [Fact]
    public async Task One_of_each_caller_and_two_in_all_are_held_and_others_are_told_to_come_again()
    {
        var ends = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var one = TakeAsync(() => ends.Task, "a");
        Assert.Equal(StatusCodes.Status429TooManyRequests, await TakeAsync(() => Task.CompletedTask, "a"));
        var two = TakeAsync(() => ends.Task, "b");
        Assert.Equal(StatusCodes.Status429TooManyRequests, await TakeAsync(() => Task.CompletedTask, "c"));
        ends.SetResult();
        Assert.Equal((StatusCodes.Status200OK, StatusCodes.Status200OK), (await one, await two));
        foreach (var caller in new[] { "a", "b", "c" })
            Assert.Equal(StatusCodes.Status200OK, await TakeAsync(() => Task.CompletedTask, caller));
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

    private async Task<int> TakeAsync(Func<Task> serve, string caller = "a")
    {
        await using var services = new ServiceCollection().AddLogging().BuildServiceProvider();
        var context = new DefaultHttpContext { RequestServices = services };
        await _places.TakeAsync(context, caller, serve);
        return context.Response.StatusCode;
    }
}
