using Ebb.Core.Ports;
using Ebb.Core.Workloads;
using Ebb.Engine.Clocks;
using Ebb.Engine.Loops;
using Ebb.Engine.Power;
using Ebb.Engine.Settings;
using NodaTime;

namespace Ebb.Engine.Overrides;

/// <summary>
/// Wakes the overrides up: now and then, when the cluster changed while there are any, and when one ends.
/// </summary>
internal sealed partial class OverrideTicking(
    EbbSettings settings,
    OverridePath path,
    PowerPath power,
    ICluster cluster,
    EngineClocks clocks,
    ILogger<OverrideTicking> log,
    StartupGate gate
) : GatedService(gate)
{
    private readonly WakeSignal _signal = new();
    private readonly RepeatingLoop _loop = new(clocks.Deadlines, failure => TurnFailed(log, failure));

    protected override Task RunAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(FollowClusterAsync(stoppingToken), _loop.RepeatAsync(TakeTurnAsync, stoppingToken));

    private Task FollowClusterAsync(CancellationToken stoppingToken)
    {
        var seen = ClusterView.Nothing;
        return _loop.RepeatAsync(
            async token =>
            {
                await cluster.WaitForChangeAsync(seen, token);
                seen = cluster.Known;
                if (!path.IsIdle)
                    _signal.Set();
            },
            stoppingToken
        );
    }

    private async Task TakeTurnAsync(CancellationToken cancellationToken)
    {
        if (power.View is not null)
            await path.TurnAsync(cancellationToken);
        var wait =
            path.NextEnd is { } end
            && end - clocks.Wall.Now() is var left
            && left < settings.PollInterval
            && left > Duration.Zero
                ? left
                : settings.PollInterval;
        await _signal.WaitAsync(wait.ToTimeSpan() + TimeSpan.FromMilliseconds(1), clocks.World, cancellationToken);
    }

    [LoggerMessage(44, LogLevel.Error, "a turn of the overrides failed; the next one comes as usual")]
    private static partial void TurnFailed(ILogger log, Exception failure);
}
