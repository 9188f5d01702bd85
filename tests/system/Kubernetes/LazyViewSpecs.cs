using Ebb.Kubernetes.Watching;

namespace Ebb.Tests.Kube;

public sealed class LazyViewSpecs
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void A_view_is_computed_once_for_each_change_after_which_it_is_read()
    {
        var made = 0;
        var latest = new LazyView<string>("nothing", new Lock(), _ => $"view {++made}");
        Assert.Equal(("view 1", "view 1"), (latest.View, latest.View));
        latest.MarkChanged();
        latest.MarkChanged();
        Assert.Equal(("view 2", "view 2"), (latest.View, latest.View));
    }

    [Fact]
    public async Task A_change_wakes_waiters_only_when_the_view_is_another()
    {
        var now = "one";
        var latest = new LazyView<string>("nothing", new Lock(), _ => now);
        var seen = latest.View;
        var waiting = latest.WaitForChangeAsync(seen, Stop);
        latest.MarkChanged();
        Assert.Same(seen, latest.View);
        Assert.False(waiting.IsCompleted);
        now = "two";
        latest.MarkChanged();
        await waiting.WaitAsync(Patience, Stop);
    }

    /// <summary>
    /// A reader that took the last view for the present one would wait for a change that has already happened.
    /// </summary>
    [Fact]
    public async Task A_reader_during_a_computation_does_not_miss_the_change_that_it_is_for()
    {
        var (now, held) = ("one", false);
        using var making = new ManualResetEventSlim();
        using var goOn = new ManualResetEventSlim();
        var latest = new LazyView<string>(
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
        latest.MarkChanged();
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
