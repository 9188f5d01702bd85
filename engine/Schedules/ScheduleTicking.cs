using Ebb.Core.Time.Sizing;
using Ebb.Engine.Clocks;
using Ebb.Engine.Loops;
using Ebb.Engine.Overrides;
using Ebb.Engine.Settings;
using NodaTime;

namespace Ebb.Engine.Schedules;

/// <summary>
/// Everything that wakes the time path up; none of it matters to what is decided: the host's timer, this process's own, something that
/// changed in the cluster, an instant that has come, an override that began or ended, power that
/// says something else.
/// </summary>
internal sealed class ScheduleTicking(
    EbbSettings settings,
    SchedulePath path,
    IScheduleCluster cluster,
    OverriddenWorkloads overridden,
    Why why,
    EngineClocks clocks,
    ILogger<ScheduleTicking> log,
    StartupGate opening
) : GatedService(opening)
{
    private readonly WakeSignal _bell = new();
    private readonly RepeatingLoop _perpetual = new(clocks.Deadlines, log.ScheduleTurnFailed);

    protected override Task RunAsync(CancellationToken stoppingToken)
    {
        // When a person's word ends, the clock's is in force at once, not at its next tick.
        overridden.Changed += _bell.Ring;
        why.Changed += _bell.Ring;
        return Task.WhenAll(FollowClusterAsync(stoppingToken), _perpetual.RepeatAsync(TakeTurnAsync, stoppingToken));
    }

    private Task FollowClusterAsync(CancellationToken stoppingToken)
    {
        var seen = ScheduleObjects.Nothing;
        return _perpetual.RepeatAsync(
            async token =>
            {
                await cluster.WaitForChangeAsync(seen, token);
                seen = cluster.Known;
                _bell.Ring();
            },
            stoppingToken
        );
    }

    /// <summary>
    /// At each change that is foreseen, and once an interval at least. This goes on beside the host's timer, which stops when the host's
    /// storage is out of reach: a turn too many costs nothing.
    /// </summary>
    private async Task TakeTurnAsync(CancellationToken cancellationToken)
    {
        await path.TurnAsync(cancellationToken);
        var wait = path.View?.NextChange is { } next
            ? Duration.Min(next - clocks.World.Now(), settings.ScheduleInterval)
            : settings.ScheduleInterval;
        await _bell.HeardAsync(
            Duration.Max(wait, Duration.Zero).ToTimeSpan() + TimeSpan.FromMilliseconds(1),
            clocks.World,
            cancellationToken
        );
    }
}
