using Ebb.Engine.Loops;
using Ebb.Simulation.Clock;

namespace Ebb.Tests.Loops;

public sealed class WakeSignalSpecs
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private readonly SimulationClock _clock = SimulationClock.ByHand(DateTimeOffset.UnixEpoch);
    private readonly WakeSignal _signal = new();

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rung_before_anybody_listens_it_is_heard_once_however_often_it_was_rung()
    {
        _signal.Set();
        _signal.Set();
        await _signal.WaitAsync(Hour, _clock, Now);
        var second = _signal.WaitAsync(Hour, _clock, Now);
        Assert.False(second.IsCompleted);
        _signal.Set();
        await second.WaitAsync(TimeSpan.FromSeconds(10), Now);
    }

    [Fact]
    public async Task Silence_ends_at_the_instant_that_was_given_and_not_before()
    {
        var heard = _signal.WaitAsync(TimeSpan.FromSeconds(3), _clock, Now);
        _clock.Advance(TimeSpan.FromSeconds(2.999));
        Assert.False(heard.IsCompleted);
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        await heard.WaitAsync(TimeSpan.FromSeconds(10), Now);
    }

    [Fact]
    public async Task A_time_that_has_passed_is_no_wait()
    {
        var heard = _signal.WaitAsync(TimeSpan.FromSeconds(-5), _clock, Now);
        _clock.Advance(TimeSpan.Zero);
        await heard.WaitAsync(TimeSpan.FromSeconds(10), Now);
    }

    [Fact]
    public async Task A_listener_that_is_told_to_stop_stops_and_what_was_rung_waits_for_the_next()
    {
        using var stop = new CancellationTokenSource();
        var heard = _signal.WaitAsync(Hour, _clock, stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => heard);
        _signal.Set();
        await _signal.WaitAsync(Hour, _clock, Now).WaitAsync(TimeSpan.FromSeconds(10), Now);
    }
}
