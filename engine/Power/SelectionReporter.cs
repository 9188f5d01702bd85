using Ebb.Core.Ports;
using Ebb.Core.Waves;
using Ebb.Core.Workloads;
using Ebb.Engine.Clocks;

namespace Ebb.Engine.Power;

/// <summary>Tells of UpsScalers that select, each of all its workloads at once.</summary>
internal sealed class SelectionReporter(
    ICluster cluster,
    EngineClocks clocks,
    IReadOnlyCollection<string>? admins,
    ILogger log
)
{
    private readonly StatusRefusals _refusals = new(clocks);

    /// <summary>
    /// What Events have told of workloads that are selected, by the UID of their UpsScaler: once for each who, and once
    /// that some are refused. It is told anew in the next outage.
    /// </summary>
    private readonly HashSet<(string Uid, string Reason, string? Who)> _told = [];

    /// <summary>Of all of them.</summary>
    public async Task TellAsync(Plan plan, bool moving, CancellationToken cancellationToken)
    {
        foreach (var selection in cluster.Known.Selections)
            await TellAsync(selection, plan, moving, cancellationToken);
    }

    /// <summary>Another outage is told anew.</summary>
    public void Forget() => _told.Clear();

    /// <summary>
    /// Of all workloads that one UpsScaler selects at once, and an Event where its phase changed, or where somebody is
    /// against some of them.
    /// </summary>
    private async Task TellAsync(
        UpsScalerSelection selection,
        Plan plan,
        bool moving,
        CancellationToken cancellationToken
    )
    {
        var scaler = selection.Scaler;
        if (scaler.Deleting || _refusals.Has(scaler))
            return;
        var news = SelectionStatus
            .Against(selection, plan.Workloads)
            .Where(it => !_told.Contains((scaler.Uid, it.Reason, it.State.ChangedBy)))
            .ToList();
        foreach (var (reason, state) in news)
        {
            // The leader before has told of who is shown.
            if (reason != "Undone" || scaler.Status?.ChangedBy != state.ChangedBy)
                await cluster.AnnounceAsync(
                    new Announcement(scaler.Ref, scaler.Uid, true, reason, "Power", $"{state.Member}: {state.Reason}"),
                    cancellationToken
                );
            _told.Add((scaler.Uid, reason, state.ChangedBy));
        }
        var status = SelectionStatus.Of(selection, plan.Workloads, plan.Direction, admins, clocks.World.Now());
        if (
            SelectionStatus.IsShown(scaler.Status, status)
            || (moving && news.Count == 0 && scaler.Status?.Phase == status.Phase)
        )
            return;
        var result = await cluster.SetStatusAsync(scaler, status, cancellationToken);
        _refusals.Note(scaler, result);
        if (result.Outcome != WriteOutcome.Done || scaler.Status?.Phase == status.Phase)
            return;
        log.Stands(
            PowerLog.LevelOf(status.Phase, isNew: true, isOdd: false),
            scaler.Ref.ToString(),
            Wording.Of(status.Phase),
            status.Reason
        );
        if (status.Phase is WorkloadPhase.Refused or WorkloadPhase.Unknown or WorkloadPhase.Asleep)
            await cluster.AnnounceAsync(
                new Announcement(
                    scaler.Ref,
                    scaler.Uid,
                    status.Phase != WorkloadPhase.Asleep,
                    status.Phase == WorkloadPhase.Unknown ? "NotKnown" : status.Phase.ToString(),
                    "Power",
                    $"{scaler.Ref}: {status.Reason}"
                ),
                cancellationToken
            );
    }
}
