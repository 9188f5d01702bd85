using Ebb.Core.Overrides;
using Ebb.Core.Ports;
using Ebb.Core.Waves;
using Ebb.Core.Workloads;
using Ebb.Engine.Clocks;
using Ebb.Engine.Instruments;
using Ebb.Engine.Power;
using Ebb.Engine.Settings;
using NodaTime;

namespace Ebb.Engine.Overrides;

/// <summary>
/// Makes workloads what overrides ask, and what they were when these end. One turn at a time. What they were is kept
/// before the
/// first write; every write expects the version that was seen, so that power, which may write in between, is never
/// undone.
/// </summary>
internal sealed partial class OverridePath(
    EbbSettings settings,
    OverrideBook book,
    PowerPath power,
    ICluster cluster,
    UnlistedWorkloads unlisted,
    Why why,
    EngineClocks clocks,
    ILogger<OverridePath> log,
    OverriddenWorkloads? overridden = null
) : IDisposable
{
    /// <summary>
    /// Capture, write and settle take one pass each; bounded, because another controller may undo each write.
    /// </summary>
    private const int MostPasses = 4;

    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly Dictionary<string, Attempt> _attempts = new(StringComparer.Ordinal);
    private volatile IReadOnlyDictionary<string, OverrideStep> _steps = new Dictionary<string, OverrideStep>();
    private (Instant At, long? Version)? _loaded;

    /// <summary>The state of an override as of the last turn; null: there was no turn since.</summary>
    public OverrideStep? StepOf(Override asked) => _steps.GetValueOrDefault(asked.ToString());

    /// <summary>The next instant at which an override ends by itself; null: none does.</summary>
    public Instant? NextEnd =>
        book.All.Where(k => !k.Override.IsOver(clocks.World.Now())).Select(k => (Instant?)k.Override.Until).Min();

    public async Task TurnAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            var now = clocks.World.Now();
            // Another replica may have been asked: what is stored counts.
            var version = book.Version;
            if (
                _loaded is not { } last
                || now < last.At
                || version != last.Version
                || (version is null && now - last.At > Duration.FromSeconds(15))
            )
                if (await book.LoadAsync(cancellationToken))
                    _loaded = (now, version);
            using var turn = book.All.Count > 0 ? Measures.Turn("override") : null;
            Dictionary<string, OverrideStep> steps = new(StringComparer.Ordinal);
            foreach (var kept in book.All)
                steps[kept.Override.ToString()] = await TurnAsync(kept, cancellationToken);
            _steps = steps;
            // Until it is cleaned up: the size before is restored before schedules act again.
            overridden?.Set(book.All.Select(k => SubjectOf(k.Override)).OfType<OverrideTarget>());
            foreach (var gone in _attempts.Keys.Where(k => !steps.ContainsKey(k)).ToList())
                _attempts.Remove(gone);
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task<OverrideStep> TurnAsync(Kept kept, CancellationToken cancellationToken)
    {
        var name = kept.Override.ToString();
        var step = Decide(kept.Override);
        for (var pass = 0; pass < MostPasses && power.Leads; pass++)
        {
            var now = clocks.World.Now();
            if (step.Drop)
            {
                if (await TryAsync(name, () => book.DropAsync(kept, cancellationToken)))
                {
                    Dropped(log, name, step.Note);
                    await AnnounceAsync(
                        kept.Override,
                        "OverrideEnded",
                        $"{name}: the override has ended; {step.Note}",
                        cancellationToken
                    );
                }
                return step;
            }
            if (!settings.Act || (step.Keep is null && step.Writes.Count == 0))
                return step;
            if (_attempts.GetValueOrDefault(name) is { } last && now >= last.At && now < last.NextAt)
                return step;
            if (step.Keep is { } keep)
            {
                if (!await TryAsync(name, async () => kept = await book.PutAsync(keep, kept.ETag, cancellationToken)))
                    return step;
                step = Decide(kept.Override);
                if (step.Writes.Count == 0)
                    return step;
            }
            var first = !_attempts.ContainsKey(name);
            var failure = await WriteAsync(step.Writes, cancellationToken);
            _attempts[name] = Attempt.After(_attempts.GetValueOrDefault(name), Direction.None, now, failure);
            if (failure is not null)
            {
                Failed(log, name, failure);
                return step with { Note = $"{step.Note}; last attempt: {failure}" };
            }
            if (first && step.State == OverrideState.Holds)
            {
                var sentence = why.Of(kept.Override, now) ?? kept.Override.Reason;
                Wrote(log, name, sentence);
                await AnnounceAsync(kept.Override, "Override", $"{name}: {sentence}", cancellationToken);
            }
            else
                Wrote(log, name, step.Note);
            step = Decide(kept.Override);
        }
        return step;
    }

    private OverrideStep Decide(Override asked)
    {
        var now = clocks.World.Now();
        var view = power.View;
        if (view is null || !cluster.Known.Synced)
            return new OverrideStep(OverrideState.Waits, "the cluster has not been read whole yet", null, [], false);
        var subject = SubjectOf(asked);
        var yieldsTo =
            view.Plan.Phase == Phase.Held ? view.Plan.Reason
            : view.Plan.Direction == Direction.Down ? view.Plan.Reason
            : subject?.Baseline is not null ? "power has it asleep"
            : null;
        return OverrideStep.Decide(asked, subject, yieldsTo, now);
    }

    /// <summary>The view is of the last turn of the power path, the workload is as it is now.</summary>
    private OverrideTarget? SubjectOf(Override asked)
    {
        var seen = power.View?.Plan.Workloads.Select(w => w.Member).FirstOrDefault(m => Names(m, asked));
        if (seen is null)
            return WorkloadType.Parse(asked.Kind) is { } type ? unlisted.Find(type, asked.Namespace, asked.Name) : null;
        var scaler = cluster.Known.Scalers.FirstOrDefault(s => s.Uid == seen.Scaler.Uid);
        return OverrideTarget.Of(
            scaler is null || ReferenceEquals(scaler, seen.Scaler) ? seen : UpsScalerValidation.Of([scaler], [])[0]
        );
    }

    public static bool Names(Member member, Override asked) =>
        member.Type?.Name == asked.Kind
        && member.Scaler.TargetNamespace == asked.Namespace
        && member.Scaler.TargetName == asked.Name;

    private async Task<string?> WriteAsync(IReadOnlyList<Write> writes, CancellationToken cancellationToken)
    {
        foreach (var write in writes)
        {
            var result = await cluster.WriteAsync(write, cancellationToken);
            if (result.Outcome != WriteOutcome.Done)
                return $"{result.Outcome}: {result.Detail}";
        }
        return null;
    }

    private async Task AnnounceAsync(Override asked, string reason, string note, CancellationToken cancellationToken)
    {
        var scaler = power.View?.Plan.Workloads.FirstOrDefault(w => Names(w.Member, asked))?.Member.Scaler;
        if ((scaler?.Ref ?? SubjectOf(asked)?.Workload?.Ref) is not { } regarding)
            return;
        await cluster.AnnounceAsync(
            new Announcement(
                regarding,
                scaler?.Uid ?? SubjectOf(asked)?.Workload?.Uid,
                false,
                reason,
                "Override",
                note
            ),
            cancellationToken
        );
    }

    private async Task<bool> TryAsync(string name, Func<Task> keep)
    {
        try
        {
            await keep();
            return true;
        }
        catch (StateStoreException away)
        {
            // Nothing was written to the workload: the next turn asks again.
            NotKept(log, name, away.Message);
            return false;
        }
    }

    public void Dispose() => _gate.Dispose();

    [LoggerMessage(40, LogLevel.Information, "override of {Workload}: {Note}")]
    private static partial void Wrote(ILogger log, string workload, string note);

    [LoggerMessage(41, LogLevel.Information, "override of {Workload} has ended: {Note}")]
    private static partial void Dropped(ILogger log, string workload, string note);

    [LoggerMessage(42, LogLevel.Warning, "override of {Workload}: {Failure}")]
    private static partial void Failed(ILogger log, string workload, string failure);

    [LoggerMessage(43, LogLevel.Warning, "override of {Workload} cannot be kept: {Trouble}")]
    private static partial void NotKept(ILogger log, string workload, string trouble);
}
