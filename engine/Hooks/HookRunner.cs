using Ebb.Core.Hooks;
using Ebb.Core.Ports;
using Ebb.Core.Workloads;
using Ebb.Engine.Clocks;
using Ebb.Engine.Settings;
using NodaTime;

namespace Ebb.Engine.Hooks;

/// <summary>
/// Runs hooks beside the turns: none of them waits for an answer. A run is stored before it is sent; one that another
/// process has stored is sent only where that finds what was sent already, and else only looked at.
/// </summary>
internal sealed class HookRunner(
    ICluster cluster,
    IEnumerable<IHookAct> acts,
    EbbSettings settings,
    EngineClocks clocks,
    ILogger<HookRunner> log
)
{
    /// <summary>This process, and no other one after it.</summary>
    private readonly string _self = Guid.NewGuid().ToString("N");

    private readonly Dictionary<HookKind, IHookAct> _acts = acts.ToDictionary(act => act.Kind);
    private readonly Dictionary<string, HookProgress> _runs = new(StringComparer.Ordinal);

    /// <summary>What is under way now; for tests, which count no real time.</summary>
    public Task Settled => Task.WhenAll(_runs.Values.Select(run => run.UnderWay));

    /// <summary>Stores that a run begins, and who begins it.</summary>
    public Task<WriteResult> BeginAsync(
        UpsScalerView scaler,
        BaselineKey key,
        Write.RunHook write,
        CancellationToken cancellationToken
    )
    {
        if (HookOf(scaler) is not { } hook)
            return Task.FromResult(new WriteResult(WriteOutcome.Gone, $"{key} is no hook any more"));
        var now = clocks.World.Now();
        var run = new HookRun(
            write.Number,
            write.Down,
            now,
            now + (hook.Spec.Deadline ?? settings.Power.WaveTimeout),
            _self
        );
        return cluster.Baselines.NoteHookAsync(key, hook.Run, run, cancellationToken);
    }

    /// <summary>Sends what is to be sent, looks at what runs, and stores what is over. Waits for none of it.</summary>
    /// <param name="scalers">As they are known now.</param>
    /// <param name="reason">Of the outage.</param>
    /// <param name="held">A person said: touch nothing.</param>
    /// <param name="cancellationToken">The process ends.</param>
    public void Step(
        IReadOnlyList<UpsScalerView> scalers,
        string reason,
        bool held,
        CancellationToken cancellationToken
    )
    {
        HashSet<string> open = [];
        foreach (var scaler in scalers)
        {
            if (
                scaler is not { Baseline: { } baseline, IsBaselineDeleted: false }
                || HookOf(scaler) is not { Run: { IsOpen: true } run } hook
            )
                continue;
            open.Add(scaler.Uid);
            var order = new HookOrder(scaler.Ref, scaler.Uid, hook.Spec, run, baseline.CapturedAt, reason);
            if (_runs.GetValueOrDefault(scaler.Uid) is not { } known || !known.IsOf(order))
                _runs[scaler.Uid] = known = new HookProgress(order);
            if (known.UnderWay.IsCompleted && clocks.World.Now() >= known.NextAt)
                known.UnderWay = AdvanceAsync(known, order, held, cancellationToken);
        }
        foreach (var over in _runs.Where(one => !open.Contains(one.Key) && one.Value.UnderWay.IsCompleted).ToList())
            _runs.Remove(over.Key);
    }

    private async Task AdvanceAsync(HookProgress known, HookOrder order, bool held, CancellationToken token)
    {
        try
        {
            var now = clocks.World.Now();
            known.NextAt = now + HookProgress.Pace;
            if (known.Over is null && now >= order.Run.Deadline)
                known.Expire(_acts[order.Spec.Kind], order.Run.By == _self);
            if (known.Over is null)
                await TryAsync(known, order, held, token);
            var key = new BaselineKey(
                BaselineSource.Power,
                WorkloadType.Hook.Name,
                order.Scaler.Namespace,
                order.Scaler.Name
            );
            if (known.Over is not var (outcome, detail))
            {
                // What it waits for is told while it runs.
                if (known.News(order) is { } news)
                    await cluster.Baselines.NoteHookAsync(key, order.Run, order.Run with { Detail = news }, token);
                return;
            }
            var ended = order.Run with { Outcome = outcome, Detail = detail };
            var stored = await cluster.Baselines.NoteHookAsync(key, order.Run, ended, token);
            if (stored.Outcome == WriteOutcome.Done)
                log.HookEnded($"{order.Scaler.Namespace}/{order.Scaler.Name}", ended.Direction, outcome, detail);
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            // Another process goes on from what is stored.
        }
        catch (Exception failure)
        {
            log.HookFaulted($"{order.Scaler.Namespace}/{order.Scaler.Name}", failure);
        }
    }

    private async Task TryAsync(HookProgress known, HookOrder order, bool held, CancellationToken token)
    {
        var act = _acts[order.Spec.Kind];
        var maySend = !known.Sent && (act.IsRepeatable || order.Run.By == _self);
        if (maySend && held)
            return;
        HookReply reply;
        if (maySend)
        {
            known.Sent = true;
            reply = await act.SendAsync(order, token);
        }
        else if (act.CanLook(order.Spec))
            reply = await act.LookAsync(order, token);
        else
            reply = new HookReply(HookStep.Unknown, "whoever began it is gone");
        known.Take(reply, act, order, maySend, clocks.World.Now());
    }

    private static HookView? HookOf(UpsScalerView scaler) => (scaler.Target as WorkloadLookup.Found)?.Workload.Hook;
}
