using Ebb.Core.Outages;
using Ebb.Core.Ports;
using Ebb.Core.Workloads;
using Ebb.Engine.Clocks;
using Ebb.Engine.Journal;
using Ebb.Engine.Loops;
using Ebb.Engine.Settings;
using Ebb.Kubernetes.Leases;
using NodaTime;

namespace Ebb.Engine.Power;

/// <summary>
/// Everything that wakes the power path up. None of it matters to what is decided: a source that answered, something
/// that changed
/// in the cluster, an instant that has come, the host's timer, or this process's own when the host's has fallen silent.
/// </summary>
internal sealed class Ticking(
    EbbSettings settings,
    Supplies supplies,
    PowerPath path,
    PowerRecords records,
    ActJournal journal,
    ICluster cluster,
    ILeadership leadership,
    EngineClocks clocks,
    ILogger<Ticking> log,
    StartupGate gate
) : GatedService(gate)
{
    private readonly HostTimer _host = new();
    private IReadOnlyList<OutageReport>? _archived;
    private readonly WakeSignal _signal = new();
    private readonly WakeSignal _changed = new();
    private readonly RepeatingLoop _loop = new(clocks.Deadlines, log.TurnFailed);

    /// <summary>The host's timer has come: poll and take a turn.</summary>
    public async Task TickAsync(CancellationToken cancellationToken)
    {
        _host.Fired(clocks.World.Now());
        await supplies.AskAllAsync(cancellationToken);
        await path.TurnAsync(cancellationToken);
    }

    protected override Task RunAsync(CancellationToken stoppingToken)
    {
        path.Changed += _ => _changed.Set();
        return new OwnScheduler("power").RunAsync(() => LoopAsync(stoppingToken));
    }

    private Task LoopAsync(CancellationToken stoppingToken)
    {
        var interval = settings.PollInterval.ToTimeSpan();
        var loops = Enumerable
            .Range(0, supplies.Count)
            .Select(i => _loop.RepeatAsync(token => PollAsync(i, token), interval, clocks.World, stoppingToken))
            .Append(
                _loop.RepeatAsync(
                    leadership.RenewAsync,
                    LeaseLeadership.RenewalInterval,
                    clocks.Deadlines,
                    stoppingToken
                )
            )
            .Append(FollowClusterAsync(stoppingToken))
            .Append(_loop.RepeatAsync(KeepRecordsAsync, stoppingToken))
            .Append(_loop.RepeatAsync(TakeTurnAsync, stoppingToken));
        return Task.WhenAll(loops);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await leadership.ReleaseAsync(cancellationToken);
    }

    private async Task KeepRecordsAsync(CancellationToken cancellationToken)
    {
        if (path is { Leads: true, View: { Cluster.Synced: true } view })
            await records.WriteAsync(view, supplies.Memory, cancellationToken);
        if (path.Leads && records.Reports is { } reports && !ReferenceEquals(reports, _archived))
        {
            journal.Record(reports);
            _archived = reports;
        }
        await _changed.WaitAsync(TimeSpan.FromSeconds(1), clocks.Deadlines, cancellationToken);
    }

    private async Task PollAsync(int source, CancellationToken cancellationToken)
    {
        if (settings.Host == EngineHost.FunctionsHost)
        {
            if (!_host.IsSilent(settings.PollInterval * 2, clocks.World.Now(), out var news))
                return;
            if (news)
                log.SelfTick();
        }
        await supplies.AskAsync(source, cancellationToken);
        _signal.Set();
    }

    private Task FollowClusterAsync(CancellationToken stoppingToken)
    {
        var seen = ClusterView.Nothing;
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
    /// One turn for all signals since the last, and one at each instant that was foreseen. After one and a half
    /// intervals without
    /// either a turn comes all the same: a source that hangs signals late, and its silence is something to decide on.
    /// </summary>
    private async Task TakeTurnAsync(CancellationToken cancellationToken)
    {
        await path.TurnAsync(cancellationToken);
        var (now, atMost) = (clocks.World.Now(), settings.PollInterval * 3 / 2);
        var wait = path.View?.Plan.NextChange is { } next && next > now ? Duration.Min(next - now, atMost) : atMost;
        await _signal.WaitAsync(wait.ToTimeSpan() + TimeSpan.FromMilliseconds(1), clocks.World, cancellationToken);
    }
}
