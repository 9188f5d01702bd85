using Ebb.Core.Schedules;
using Ebb.Functions.Settings;
using NodaTime;

namespace Ebb.Functions.Schedules;

/// <summary>
/// Everything that wakes the time path up; none of it matters to what is decided: the host's timer, this process's own, something that
/// changed in the cluster, an instant that has come.
/// </summary>
internal sealed class ScheduleTicking(EbbSettings settings, SchedulePath path, IScheduleCluster cluster, Clocks clocks, ILogger<ScheduleTicking> log) : BackgroundService
{
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(FollowClusterAsync(stoppingToken), FollowTimeAsync(stoppingToken));

    private async Task FollowClusterAsync(CancellationToken stoppingToken)
    {
        var seen = ScheduleWorld.Nothing;
        while (!stoppingToken.IsCancellationRequested)
        {
            await Guarded(async token =>
            {
                await cluster.WaitForChangeAsync(seen, token);
                seen = cluster.Known;
                await path.TurnAsync(token);
            }, stoppingToken);
        }
    }

    /// <summary>
    /// At each change that is foreseen, and once an interval at least. This goes on beside the host's timer, which stops when the host's
    /// storage is out of reach: a turn too many costs nothing.
    /// </summary>
    private async Task FollowTimeAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Guarded(async token =>
            {
                await path.TurnAsync(token);
                var wait = path.View?.NextChange is { } next ? Duration.Min(next - clocks.World.Now(), settings.ScheduleInterval) : settings.ScheduleInterval;
                await Task.Delay(Duration.Max(wait, Duration.Zero).ToTimeSpan() + TimeSpan.FromMilliseconds(1), clocks.World, token);
            }, stoppingToken);
        }
    }

    /// <summary>A turn that throws is a fault of ours: it is told in full, and the next turn comes all the same.</summary>
    private async Task Guarded(Func<CancellationToken, Task> act, CancellationToken stoppingToken)
    {
        try
        {
            await act(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }
#pragma warning disable CA1031 // Whatever it was, the clock must be followed.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            log.ScheduleTurnFailed(failure);
            await Task.Delay(AfterFailure, clocks.Deadlines, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
