using Ebb.Core.Time.Sizing;
using Ebb.Engine.Clocks;
using Ebb.Engine.Loops;
using Ebb.Engine.Overrides;
using Ebb.Engine.Settings;
using NodaTime;

namespace Ebb.Engine.Schedules;

/// <summary>
/// Everything that wakes the time path up; none of it matters to what is decided: the host's timer, this process's own,
/// something that
/// changed in the cluster, an instant that has come, an override that began or ended, power that
/// says something else.
/// </summary>
internal sealed class ScheduleTicking(
    EbbSettings settings,
    SchedulePath path,
    IScheduleCluster cluster,
    PersonClaims overridden,
    WorkloadSentences why,
    CalendarReadings calendars,
    EngineClocks clocks,
    ILogger<ScheduleTicking> log,
    StartupGate gate
) : GatedService(gate)
{
    private readonly WakeSignal _signal = new();
    private readonly RepeatingLoop _loop = new(clocks.Deadlines, log.ScheduleTurnFailed);

    protected override Task RunAsync(CancellationToken stoppingToken)
    {
        // When an override ends, schedules act at once, not at the next tick.
        overridden.Changed += _signal.Set;
        why.Changed += _signal.Set;
        calendars.Changed += _signal.Set;
        return Task.WhenAll(FollowClusterAsync(stoppingToken), _loop.RepeatAsync(TakeTurnAsync, stoppingToken));
    }

    private Task FollowClusterAsync(CancellationToken stoppingToken)
    {
        var seen = ScheduleObjects.Nothing;
        return _loop.RepeatAsync(
            async token =>
            {
                await cluster.WaitForChangeAsync(seen, token);
                seen = cluster.Known;
                _signal.Set();
            },
            stoppingToken
        );
    }

    /// <summary>
    /// At each change that is foreseen, and once an interval at least. This goes on beside the host's timer, which
    /// stops when the host's
    /// storage is out of reach: a turn too many costs nothing.
    /// </summary>
    private async Task TakeTurnAsync(CancellationToken cancellationToken)
    {
        await path.TurnAsync(cancellationToken);
        var wait = path.View?.NextChange is { } next
            ? Duration.Min(next - clocks.Wall.Now(), settings.ScheduleInterval)
            : settings.ScheduleInterval;
        await _signal.WaitAsync(
            Duration.Max(wait, Duration.Zero).ToTimeSpan() + TimeSpan.FromMilliseconds(1),
            clocks.World,
            cancellationToken
        );
    }
}
