using Ebb.Core.Planning;
using Ebb.Core.Ports;
using Ebb.Functions.Power;
using Ebb.Functions.Settings;
using NodaTime;

namespace Ebb.Functions.Overrides;

/// <summary>Wakes the overrides up: now and then, when the cluster changed while there are any, and when one ends.</summary>
internal sealed partial class OverrideTicking(
    EbbSettings settings, OverrideBook book, OverridePath path, PowerPath power, ICluster cluster, Clocks clocks, ILogger<OverrideTicking> log) : BackgroundService
{
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(FollowTimeAsync(stoppingToken), FollowClusterAsync(stoppingToken));

    private async Task FollowTimeAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await GuardedAsync(async token =>
            {
                if (power.View is not null) await path.TurnAsync(token);
                var wait = path.NextEnd is { } end && end - clocks.World.Now() is var left && left < settings.PollInterval && left > Duration.Zero ? left : settings.PollInterval;
                await Task.Delay(wait.ToTimeSpan() + TimeSpan.FromMilliseconds(1), clocks.World, token);
            }, stoppingToken);
        }
    }

    private async Task FollowClusterAsync(CancellationToken stoppingToken)
    {
        var seen = ClusterView.Nothing;
        while (!stoppingToken.IsCancellationRequested)
        {
            await GuardedAsync(async token =>
            {
                await cluster.WaitForChangeAsync(seen, token);
                seen = cluster.Known;
                if (power.View is not null && book.All.Count > 0) await path.TurnAsync(token);
            }, stoppingToken);
        }
    }

    private async Task GuardedAsync(Func<CancellationToken, Task> act, CancellationToken stoppingToken)
    {
        try
        {
            await act(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }
#pragma warning disable CA1031 // Whatever it was, it is told in full and the next turn comes.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            TurnFailed(log, failure);
            await Task.Delay(AfterFailure, clocks.Deadlines, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(44, LogLevel.Error, "a turn of the overrides failed; the next one comes as usual")]
    private static partial void TurnFailed(ILogger log, Exception failure);
}
