using Ebb.Core.Ports;
using Ebb.Core.Waves;
using Ebb.Core.Workloads;
using Ebb.Engine.Clocks;

namespace Ebb.Engine.Power;

/// <summary>
/// Writes what was decided where kubectl shows it: the status of each UpsScaler, and Events. Only differences are
/// written, and after all that is to be done now, so that telling hardly delays doing.
/// </summary>
internal sealed class Reporter(
    ICluster cluster,
    EngineClocks clocks,
    bool acts,
    IReadOnlyCollection<string>? admins,
    ILogger log
)
{
    private const int AtOnce = 16;

    /// <summary>How long the next wave may have to wait for what is only told.</summary>
    private static readonly TimeSpan BetweenWaves = TimeSpan.FromMilliseconds(500);

    private readonly OwnerReporter _owners = new(cluster, log);
    private readonly SelectionReporter _selections = new(cluster, clocks, admins, log);
    private readonly StatusRefusals _refusals = new(clocks);

    /// <summary>Hooks that failed and were released before anything was told of them.</summary>
    private readonly List<Member> _untold = [];

    /// <summary>Nothing of it is remembered any more.</summary>
    public void Released(Member member)
    {
        if (member.Workload?.Hook is { HasFailed: true } hook && !IsTold(member.Scaler, hook.Sentence))
            _untold.Add(member);
    }

    public async Task TellAsync(Plan plan, Plan? before, CancellationToken cancellationToken)
    {
        if (plan.Progress.Began is null)
            _selections.Forget();
        var moving = plan.Phase is Phase.GoingToSleep;
        if (moving && plan.Steps.Count > 0)
            return;
        var news = plan
            .Workloads.Where(state => !state.Member.Scaler.Implied && IsNews(state) && (!moving || IsFinal(state)))
            .ToList();
        using var budget = new CancellationTokenSource(
            moving ? BetweenWaves : Timeout.InfiniteTimeSpan,
            clocks.Deadlines
        );
        using var either = CancellationTokenSource.CreateLinkedTokenSource(budget.Token, cancellationToken);
        try
        {
            await AnnounceTurnAsync(plan, before, either.Token);
            await AnnounceReleasedAsync(either.Token);
            await Parallel.ForEachAsync(
                news,
                new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = either.Token },
                async (state, token) => await TellAsync(state, token)
            );
            await _owners.TellAsync(plan, either.Token);
            await _selections.TellAsync(plan, moving, either.Token);
        }
        catch (OperationCanceledException)
            when (budget.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            // What was not told is still news in the next turn.
        }
    }

    /// <summary>Told once, while waves go down: what will not be another thing a moment later.</summary>
    private static bool IsFinal(WorkloadState state) =>
        state.Late
        || state.Phase is WorkloadPhase.Refused
        || IsUndoneNow(state)
        || HasFailedNow(state)
        || state.Gate is not null
        || state.Member.Workload?.Hook is { Run: { IsOpen: true, Detail: not null } }
        || (state.Phase is WorkloadPhase.Asleep && state.Member.Scaler.Status?.Phase != WorkloadPhase.Asleep);

    /// <summary>Somebody undoes it of whom nothing was told yet.</summary>
    private static bool IsUndoneNow(WorkloadState state) =>
        state.ChangedBy is not null && state.ChangedBy != state.Member.Scaler.Status?.ChangedBy;

    /// <summary>A hook failed, or a gate was passed, of which nothing was told yet.</summary>
    private static bool HasFailedNow(WorkloadState state) =>
        (state.Member.Workload?.Hook is { HasFailed: true } hook ? hook.Sentence : state.Passed) is { } told
        && !IsTold(state.Member.Scaler, told);

    private static bool IsTold(UpsScalerView scaler, string sentence) =>
        scaler.Status?.Reason.Contains(sentence, StringComparison.Ordinal) == true;

    private async Task AnnounceReleasedAsync(CancellationToken cancellationToken)
    {
        while (_untold is [var member, ..])
        {
            var (scaler, sentence) = (member.Scaler, member.Workload!.Hook!.Sentence);
            await cluster.AnnounceAsync(
                new Announcement(scaler.Ref, scaler.Uid, true, "HookFailed", "Power", $"{member}: {sentence}"),
                cancellationToken
            );
            _untold.RemoveAt(0);
        }
    }

    private bool IsNews(WorkloadState state)
    {
        var scaler = state.Member.Scaler;
        if (scaler.Deleting || scaler.SelectedBy is not null || _refusals.Has(scaler))
            return false;
        var shown = scaler.Status;
        return shown is null
            || shown.Phase != state.Phase
            || shown.Reason != state.Reason
            || shown.ObservedGeneration != scaler.Generation
            || shown.ChangedBy != state.ChangedBy;
    }

    private async Task TellAsync(WorkloadState state, CancellationToken cancellationToken)
    {
        var scaler = state.Member.Scaler;
        var since = scaler.Status is { } shown && shown.Phase == state.Phase ? shown.Since : clocks.World.Now();
        var generation = scaler.Generation;
        // Once for each phase: a GitOps tool may have the integer in its manifest.
        if (acts && scaler.Status?.Phase != state.Phase && scaler.SpecReplicas != scaler.Baseline?.SpecReplicas)
        {
            var mirrored = await cluster.MirrorAsync(scaler, scaler.Baseline?.SpecReplicas, cancellationToken);
            // The write was of the spec, so the server has counted one further.
            if (mirrored.Outcome == WriteOutcome.Done)
                generation++;
        }
        var status = new UpsScalerStatus(state.Phase, state.Reason, since, generation, state.ChangedBy);
        var result = await cluster.SetStatusAsync(scaler, status, cancellationToken);
        _refusals.Note(scaler, result);
        var (undone, failed) = (IsUndoneNow(state), HasFailedNow(state));
        if (result.Outcome == WriteOutcome.Done)
            log.Stands(
                PowerLog.LevelOf(state.Phase, scaler.Status?.Phase != state.Phase, undone || failed || state.Late),
                state.Member.ToString(),
                Wording.Of(state.Phase),
                state.Reason
            );
        if (result.Outcome != WriteOutcome.Done || (scaler.Status?.Phase == state.Phase && !undone && !failed))
            return;
        var (warning, reason) = state.Phase switch
        {
            _ when undone => (true, "Undone"),
            _ when failed => (true, state.Passed is null ? "HookFailed" : "GatePassed"),
            WorkloadPhase.Refused => (true, "Refused"),
            WorkloadPhase.Unknown => (true, "NotKnown"),
            _ when state.Late => (true, "Late"),
            WorkloadPhase.Asleep => (false, "Asleep"),
            WorkloadPhase.Awake when scaler.Status is not null => (false, "Awake"),
            _ => (false, ""),
        };
        if (reason.Length == 0)
            return;
        await cluster.AnnounceAsync(
            new Announcement(scaler.Ref, scaler.Uid, warning, reason, "Power", $"{state.Member}: {state.Reason}"),
            cancellationToken
        );
    }

    /// <summary>One Event, on the first UpsScaler, when the phase of the cluster changes.</summary>
    private async Task AnnounceTurnAsync(Plan plan, Plan? before, CancellationToken cancellationToken)
    {
        if (
            before is null
            || before.Phase == plan.Phase
            || plan.Workloads is [] or [{ Member.Scaler.Implied: true }, ..]
        )
            return;
        var scaler = plan.Workloads[0].Member.Scaler;
        await cluster.AnnounceAsync(
            new Announcement(
                scaler.Ref,
                scaler.OwnUid,
                plan.Phase is Phase.GoingToSleep or Phase.OnBattery,
                plan.Phase.ToString(),
                "Power",
                plan.Reason
            ),
            cancellationToken
        );
    }
}
