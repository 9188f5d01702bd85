using Ebb.Core.Planning;
using Ebb.Core.Ports;
using Ebb.Functions.Settings;
using NodaTime;

namespace Ebb.Functions.Power;

/// <summary>
/// Everything that wakes the power path up. None of it matters to what is decided: a source that answered, something that changed
/// in the cluster, an instant that has come, the host's timer, or this process's own when the host's has fallen silent.
/// </summary>
internal sealed class Ticking(
    EbbSettings settings, Supplies supplies, PowerPath path, ICluster cluster, ILeadership leadership, Clocks clocks, ILogger<Ticking> log) : BackgroundService
{
    private static readonly TimeSpan LeaseRenewal = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);

    private Instant? _hostTick;
    private bool _byItself;

    /// <summary>The host's timer has come: poll and take a turn.</summary>
    public async Task TickAsync(CancellationToken cancellationToken)
    {
        _hostTick = clocks.World.Now();
        if (_byItself) _byItself = false;
        await supplies.AskAllAsync(cancellationToken);
        await path.TurnAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var loops = Enumerable.Range(0, supplies.Count).Select(i => Every(settings.PollInterval, clocks.World, token => PollAsync(i, token), stoppingToken))
            .Append(Every(Duration.FromTimeSpan(LeaseRenewal), clocks.Deadlines, leadership.RenewAsync, stoppingToken))
            .Append(Every(settings.PollInterval, clocks.World, path.TurnAsync, stoppingToken))
            .Append(FollowClusterAsync(stoppingToken))
            .Append(FollowTimeAsync(stoppingToken));
        return Task.WhenAll(loops);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await leadership.ReleaseAsync(cancellationToken);
    }

    private async Task PollAsync(int source, CancellationToken cancellationToken)
    {
        if (settings.Hosted)
        {
            // The host stops its timers when its storage is out of reach, which is what a power cut does.
            if (_hostTick is { } tick && clocks.World.Now() - tick < settings.PollInterval * 2) return;
            if (!_byItself)
            {
                _byItself = true;
                log.SelfTick();
            }
        }
        await supplies.AskAsync(source, cancellationToken);
        await path.TurnAsync(cancellationToken);
    }

    private async Task FollowClusterAsync(CancellationToken stoppingToken)
    {
        var seen = ClusterView.Nothing;
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

    private async Task FollowTimeAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Guarded(async token =>
            {
                var now = clocks.World.Now();
                var next = path.View?.Plan.NextChange;
                var wait = next is { } at && at > now ? Duration.Min(at - now, settings.PollInterval) : settings.PollInterval;
                await Task.Delay(wait.ToTimeSpan() + TimeSpan.FromMilliseconds(1), clocks.World, token);
                if (next is { } due && due <= clocks.World.Now()) await path.TurnAsync(token);
            }, stoppingToken);
        }
    }

    private async Task Every(Duration interval, TimeProvider time, Func<CancellationToken, Task> act, CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Guarded(act, stoppingToken);
            await Guarded(token => Task.Delay(interval.ToTimeSpan(), time, token), stoppingToken);
        }
    }

    /// <summary>A turn that throws is a fault of ours: it is told in full, and the next turn comes all the same, since an outage waits for nobody.</summary>
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
#pragma warning disable CA1031 // Whatever it was, the power path must go on.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            log.TurnFailed(failure);
            await Task.Delay(AfterFailure, clocks.Deadlines, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
