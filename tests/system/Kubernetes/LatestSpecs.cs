using Ebb.Kubernetes.Watching;

namespace Ebb.Tests.Kube;

public sealed class LatestSpecs
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void A_view_is_made_once_for_each_change_that_somebody_looks_after()
    {
        var made = 0;
        var latest = new Latest<string>("nothing", new Lock(), _ => $"view {++made}");
        Assert.Equal(("view 1", "view 1"), (latest.View, latest.View));
        latest.Note();
        latest.Note();
        Assert.Equal(("view 2", "view 2"), (latest.View, latest.View));
    }

    [Fact]
    public async Task A_change_without_another_view_wakes_nobody_and_one_with_another_does()
    {
        var now = "one";
        var latest = new Latest<string>("nothing", new Lock(), _ => now);
        var seen = latest.View;
        var waiting = latest.WaitForChangeAsync(seen, Stop);
        latest.Note();
        Assert.Same(seen, latest.View);
        Assert.False(waiting.IsCompleted);
        now = "two";
        latest.Note();
        await waiting.WaitAsync(Patience, Stop);
    }

    /// <summary>It took the last view for the present one, and waited for a change that had been.</summary>
    [Fact]
    public async Task Whoever_looks_while_a_view_is_made_does_not_miss_the_change_that_it_is_made_for()
    {
        var (now, held) = ("one", false);
        using var making = new ManualResetEventSlim();
        using var goOn = new ManualResetEventSlim();
        var latest = new Latest<string>(
            "nothing",
            new Lock(),
            _ =>
            {
                if (!held)
                    return now;
                making.Set();
                Assert.True(goOn.Wait(Patience));
                return now;
            }
        );
        var seen = latest.View;
        (now, held) = ("two", true);
        latest.Note();
        var first = Task.Run(() => latest.View, Stop);
        Assert.True(making.Wait(Patience, Stop));
        Task waiting = Task.CompletedTask;
        var second = new Thread(() => waiting = latest.WaitForChangeAsync(seen, Stop));
        second.Start();
        Assert.True(
            SpinWait.SpinUntil(
                () => second.ThreadState.HasFlag(ThreadState.WaitSleepJoin) || !second.IsAlive,
                Patience
            ),
            "the second one looks"
        );
        goOn.Set();
        Assert.Equal("two", await first);
        Assert.True(second.Join(Patience));
        await waiting.WaitAsync(Patience, Stop);
    }
}
