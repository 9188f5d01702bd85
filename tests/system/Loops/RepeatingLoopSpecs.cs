using Ebb.Engine.Loops;
using Ebb.Simulation.Clock;

namespace Ebb.Tests.Loops;

public sealed class RepeatingLoopSpecs
{
    private readonly SimulationClock _clock = SimulationClock.ByHand(DateTimeOffset.UnixEpoch);
    private readonly List<string> _told = [];

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_step_that_throws_is_told_and_the_next_comes_a_second_later()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Now);
        var (steps, second) = (0, new TaskCompletionSource());
        var loop = new RepeatingLoop(_clock, failure => _told.Add(failure.Message)).RepeatAsync(
            _ =>
            {
                if (++steps == 1)
                    throw new InvalidOperationException("broken");
                second.TrySetResult();
                return Task.Delay(Timeout.Infinite, stop.Token);
            },
            stop.Token
        );
        Assert.Equal(["broken"], _told);
        _clock.Advance(TimeSpan.FromSeconds(0.999));
        Assert.Equal(1, steps);
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        await second.Task.WaitAsync(TimeSpan.FromSeconds(10), Now);
        await stop.CancelAsync();
        await loop.WaitAsync(TimeSpan.FromSeconds(10), Now);
    }

    /// <summary>
    /// Somebody else's cancellation, such as a deadline inside of the step, is a failure like any other.
    /// </summary>
    [Fact]
    public async Task A_time_out_inside_of_a_step_ends_the_step_and_not_the_loop()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Now);
        var steps = 0;
        var loop = new RepeatingLoop(_clock, failure => _told.Add(failure.GetType().Name)).RepeatAsync(
            _ => ++steps == 1 ? throw new TaskCanceledException() : Task.Delay(Timeout.Infinite, stop.Token),
            stop.Token
        );
        Assert.False(loop.IsCompleted);
        Assert.Equal([nameof(TaskCanceledException)], _told);
        await stop.CancelAsync();
        await loop.WaitAsync(TimeSpan.FromSeconds(10), Now);
    }

    [Fact]
    public async Task A_pause_follows_a_step_that_failed_as_well()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Now);
        var steps = 0;
        var loop = new RepeatingLoop(_clock, failure => _told.Add(failure.Message)).RepeatAsync(
            _ =>
            {
                steps++;
                throw new InvalidOperationException("broken");
            },
            TimeSpan.FromSeconds(5),
            _clock,
            stop.Token
        );
        Assert.Equal(["broken"], _told);
        _clock.Advance(TimeSpan.FromSeconds(4.999));
        Assert.Equal(1, steps);
        await stop.CancelAsync();
        await loop.WaitAsync(TimeSpan.FromSeconds(10), Now);
        Assert.Equal(1, steps);
    }
}
