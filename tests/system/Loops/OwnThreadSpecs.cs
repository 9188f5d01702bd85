using System.Collections.Concurrent;
using Ebb.Engine.Loops;
using Ebb.Engine.Power;
using Ebb.Tests.Harness;
using Microsoft.Extensions.DependencyInjection;

namespace Ebb.Tests.Loops;

/// <summary>Power is decided on a thread that requests and documents cannot take.</summary>
public sealed class OwnThreadSpecs
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_goes_on_after_waiting_goes_on_there_too()
    {
        List<string?> threads = [];
        await new OwnScheduler("one").RunAsync(async () =>
        {
            for (var i = 0; i < 3; i++)
            {
                await Task.Run(() => { }, Stop);
                threads.Add(Thread.CurrentThread.Name);
                await Task.Yield();
                threads.Add(Thread.CurrentThread.Name);
            }
        });
        Assert.All(threads, name => Assert.Equal("one", name));
    }

    [Fact]
    public async Task A_failure_is_the_callers_and_ends_the_thread()
    {
        Thread? own = null;
        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            new OwnScheduler("one").RunAsync(async () =>
            {
                own = Thread.CurrentThread;
                await Task.Yield();
                throw new InvalidOperationException();
            })
        );
        Assert.True(own!.Join(TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task Every_decision_that_no_request_asks_for_is_made_there()
    {
        await using var world = await World.StartAsync(Survival.EveryKind.Manifests);
        await using var ebb = EbbProcess.Start(
            world,
            new Dictionary<string, string?> { ["Power__OnBatteryFor"] = "1s" }
        );
        var threads = new ConcurrentBag<string?>();
        ebb.Path.Changed += _ => threads.Add(Thread.CurrentThread.Name);
        var ticking = ebb.Services.GetRequiredService<Ticking>();
        ebb.Services.GetRequiredService<StartupGate>().Answered();
        await ticking.StartAsync(Stop);
        world.Ups.StatusOverride = "OB DISCHRG";
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        deadline.CancelAfter(TimeSpan.FromSeconds(30));
        while (threads.Count < 3)
        {
            world.Clock.Advance(TimeSpan.FromMilliseconds(500));
            await Task.Delay(20, deadline.Token);
        }
        await ticking.StopAsync(Stop);
        Assert.All(threads, name => Assert.Equal("power", name));
    }
}
