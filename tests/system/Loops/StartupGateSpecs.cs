using Ebb.Engine.Loops;
using Ebb.Tests.Kube;

namespace Ebb.Tests.Loops;

/// <summary>Whoever waits for the process to answer hears from it before it does anything else.</summary>
public sealed class StartupGateSpecs
{
    [Fact]
    public async Task Work_begins_with_the_end_of_the_first_answer()
    {
        var prepared = 0;
        var (time, opening) = (new ManualTimeProvider(), new StartupGate(() => prepared++));
        opening.Listens(time);
        Assert.False(opening.Begun.IsCompleted);
        Assert.Equal(0, prepared);
        opening.Answered();
        await opening.Begun.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        opening.Answered();
        Assert.Equal(1, prepared);
    }

    [Fact]
    public async Task When_nobody_asks_it_begins_a_moment_after_the_process_listens()
    {
        var (time, opening) = (new ManualTimeProvider(), new StartupGate(() => { }));
        opening.Listens(time);
        time.Advance(TimeSpan.FromMilliseconds(149));
        Assert.False(opening.Begun.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(1));
        await opening.Begun.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }
}
