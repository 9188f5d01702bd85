using Ebb.Core.Claims;
using Ebb.Core.Overrides;
using Ebb.Core.Ports;
using Ebb.Core.Waves;
using Ebb.Core.Workloads;
using Ebb.Engine.Clocks;
using Ebb.Engine.Instruments;
using Ebb.Engine.Journal;
using Ebb.Engine.Power;
using Ebb.Engine.Settings;
using NodaTime;

namespace Ebb.Engine.Overrides;

/// <summary>
/// Makes workloads what overrides ask, and what they were when nobody asks any more. One turn at a time. What they were
/// is stored before the first write; every write expects the version that was seen, so that power, which may write in
/// between, is never undone.
/// </summary>
internal sealed partial class OverridePath(
    EbbSettings settings,
    OverrideBook book,
    PowerPath power,
    ICluster cluster,
    OverrideTargets targets,
    WorkloadSentences why,
    EngineClocks clocks,
    ActJournal journal,
    ILogger<OverridePath> log,
    PersonClaims? overridden = null
) : IDisposable
{
    /// <summary>
    /// Freeze, capture, write and settle take one pass each; bounded, because another controller may undo each write.
    /// </summary>
    private const int MostPasses = 5;

    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly Dictionary<OverrideKey, Attempt> _attempts = [];

    /// <summary>Captured in this turn, and nothing was written since.</summary>
    private readonly HashSet<OverrideKey> _created = [];
    private string? _trouble;
    private volatile bool _told;
    private IReadOnlyDictionary<OverrideKey, StoredOverride> _counted = new Dictionary<OverrideKey, StoredOverride>();
    private volatile IReadOnlyDictionary<OverrideKey, OverrideStep> _steps =
        new Dictionary<OverrideKey, OverrideStep>();

    /// <summary>The state of an override as of the last turn; null: there was no turn since.</summary>
    public OverrideStep? StepOf(Override asked) => _steps.GetValueOrDefault(asked.Key);

    /// <summary>The same for one object, of which there may be several for a workload.</summary>
    public OverrideStatus StateOf(StoredOverride stored) =>
        _told
            ? StatusOf(stored, book.Count().Refused, clocks.Wall.Now())
            : new OverrideStatus(OverrideState.Waits, "not looked at yet", stored.Status?.Size);

    /// <summary>The next instant at which an override ends by itself; null: none does.</summary>
    public Instant? NextEnd => book.Count().Counted.Values.Select(s => (Instant?)s.Override.Until).Min();

    /// <summary>Whether there is anything to look at.</summary>
    public bool IsIdle => book.All.Count == 0 && cluster.Known.OverrideBaselines is null or [];

    public async Task TurnAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (cluster.Known is not { Overrides: { } stored, OverrideBaselines: { } baselines })
                return;
            var (counted, refused) = book.Count();
            var keys = counted.Keys.Concat(baselines.Select(b => OverrideKey.Of(b.Key))).Distinct().ToList();
            using var turn = keys.Count > 0 ? Measures.Turn("override") : null;
            Dictionary<OverrideKey, OverrideStep> steps = [];
            // Before the first write: a schedule must not take for its own what an override has made.
            Cover(counted.Keys, _steps);
            foreach (var key in keys)
                steps[key] = await TurnAsync(key, cancellationToken);
            (_steps, _told) = (steps, true);
            NoteEnded(stored);
            _counted = counted;
            if (power.Leads && cluster.Known.Synced && !settings.Release)
                await TellAsync(refused, cancellationToken);
            Cover(counted.Keys, steps);
            foreach (var gone in _attempts.Keys.Where(k => !steps.ContainsKey(k)).ToList())
                _attempts.Remove(gone);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Until it is cleaned up: the size before is restored before schedules act again.</summary>
    private void Cover(IEnumerable<OverrideKey> counted, IReadOnlyDictionary<OverrideKey, OverrideStep> steps) =>
        overridden?.Set(
            counted
                .Where(key =>
                    steps.GetValueOrDefault(key)?.State is not (OverrideState.Refused or OverrideState.Orphaned)
                )
                .Concat((cluster.Known.OverrideBaselines ?? []).Select(b => OverrideKey.Of(b.Key)))
                .Distinct()
                .Select(targets.Find)
                .OfType<OverrideTarget>()
        );

    /// <summary>What a person has taken back belongs into the report of an outage.</summary>
    private void NoteEnded(IReadOnlyList<StoredOverride> stored)
    {
        var now = clocks.Wall.Now();
        var present = stored.Select(s => s.Uid).ToHashSet(StringComparer.Ordinal);
        foreach (var (key, last) in _counted)
            if (!last.Override.IsOver(now) && !present.Contains(last.Uid))
                power.Note(OverrideActions.Ended(key, now));
    }

    private async Task<OverrideStep> TurnAsync(OverrideKey key, CancellationToken cancellationToken)
    {
        _created.Remove(key);
        var step = Decide(key);
        for (var pass = 0; pass < MostPasses && power.Leads; pass++)
        {
            var now = clocks.World.Now();
            var nothing = step is { Freeze: null, Keep: null, Release: false, Writes.Count: 0 };
            if (nothing && !IsDeleted(key))
                return step;
            if (!settings.Act)
                return new OverrideStep(
                    OverrideState.Waits,
                    $"observing only ({ObserveOnly.Setting}): its workload is left as it is"
                );
            if (_attempts.GetValueOrDefault(key) is { } last && now >= last.At && now < last.NextAt)
                return last.Failure is { } failed ? step with { Note = $"{step.Note}; last attempt: {failed}" } : step;
            var first = !_attempts.ContainsKey(key);
            var failure = await CarryOutAsync(key, step, cancellationToken);
            if (step.Writes.Count > 0 || failure is not null)
                _attempts[key] = Attempt.After(_attempts.GetValueOrDefault(key), Direction.None, now, failure, []);
            if (step.Writes.Count > 0)
                journal.Record(
                    "override",
                    step.State == OverrideState.Holds ? "make it hold" : "restore",
                    key.ToString(),
                    book.Count().Counted.GetValueOrDefault(key)?.Override.Reason ?? "nobody asks any more",
                    failure ?? "done"
                );
            if (failure is not null)
            {
                Failed(log, key, failure);
                return step with { Note = $"{step.Note}; last attempt: {failure}" };
            }
            if (step.Release)
            {
                Dropped(log, key, step.Note);
                await AnnounceAsync(
                    key,
                    "OverrideEnded",
                    $"{key}: the override has ended; {step.Note}",
                    cancellationToken
                );
                return step;
            }
            if (step.Writes.Count > 0)
                await AnnounceAsync(key, step, first, now, cancellationToken);
            step = Decide(key);
        }
        return step;
    }

    /// <summary>One thing after another: each is decided anew on what the one before has changed.</summary>
    private async Task<string?> CarryOutAsync(OverrideKey key, OverrideStep step, CancellationToken cancellationToken)
    {
        var (overrides, baselines) = (cluster.Overrides, cluster.Baselines);
        var kept = Stored(key);
        if (kept is { IsDeleted: true })
        {
            Recreated(log, key);
            return Failure(await baselines.CaptureAsync(kept.Key, kept.Before, kept.Notes, cancellationToken));
        }
        if (step.Freeze is { } size)
        {
            var (asked, status) = (book.Count().Counted[key], new OverrideStatus(step.State, step.Note, size));
            var told = await overrides.SetStatusAsync(asked, status, cancellationToken);
            if (told.Outcome == WriteOutcome.Done)
                RecordAsked(asked, status);
            return Failure(told);
        }
        if (step.Keep is { } keep)
        {
            var notes = new BaselineNotes(keep.Sizes, null);
            if (kept is not null)
                return Failure(await baselines.NoteAsync(kept, notes, cancellationToken));
            var captured = await baselines.CaptureAsync(key.Baseline, keep.What, notes, cancellationToken);
            if (captured == WriteResult.Done)
                _created.Add(key);
            return Failure(captured);
        }
        if (step.Release)
            return Failure(await baselines.ReleaseAsync(key.Baseline, cancellationToken));
        foreach (var write in step.Writes)
        {
            var result = await cluster.WriteAsync(write, cancellationToken);
            // Somebody was faster than the first write: what was captured may be from before that.
            if (
                _created.Remove(key)
                && result.Outcome == WriteOutcome.Conflict
                && Decide(key).Writes.Any(write.AsksTheSameAs)
            )
                await baselines.TakeBackAsync(key.Baseline, cancellationToken);
            if (Failure(result) is { } failure)
                return failure;
        }
        return null;
    }

    private StoredBaseline? Stored(OverrideKey key) =>
        cluster.Known.OverrideBaselines?.FirstOrDefault(b => b.Key == key.Baseline);

    /// <summary>Somebody has deleted its baseline.</summary>
    private bool IsDeleted(OverrideKey key) => Stored(key) is { IsDeleted: true };

    private static string? Failure(WriteResult result) =>
        result.Outcome == WriteOutcome.Done ? null : $"{result.Outcome}: {result.Detail}";

    private OverrideStep Decide(OverrideKey key)
    {
        var view = power.View;
        if (view is null || !cluster.Known.Synced)
            return new OverrideStep(OverrideState.Waits, "the cluster has not been read whole yet");
        var subject = targets.Find(key);
        var asked = book.Count().Counted.GetValueOrDefault(key)?.Override;
        var before = Stored(key) is { } kept ? OverrideBaseline.Of(kept) : null;
        if (
            asked is not null
            && subject is { Workload: not null }
            && (OverrideStep.Refusal(subject, asked.Effect, asked.Replicas) ?? Twin(key, subject)) is { } refusal
        )
        {
            if (before is null)
                return new OverrideStep(OverrideState.Refused, refusal);
            asked = null;
        }
        var now = clocks.Wall.Now();
        Claim?[] claims = [view.Plan.ClaimOn(subject?.Baseline is not null), asked?.Claim(now)];
        return OverrideStep.Decide(
            key,
            asked,
            before,
            subject,
            Arbiter.Decide([.. claims.OfType<Claim>()], now),
            before is null && OtherName(key, subject) is { } other ? $"{other} is made what it was first" : null,
            now
        );
    }

    /// <summary>
    /// What the same workload is called under which it was overridden before: that is restored first, or what it was
    /// then would be lost.
    /// </summary>
    private OverrideKey? OtherName(OverrideKey key, OverrideTarget? subject) =>
        subject?.Workload is { } workload
            ? cluster
                .Known.OverrideBaselines?.Select(b => OverrideKey.Of(b.Key))
                .FirstOrDefault(other => other != key && targets.Find(other)?.Workload?.Ref == workload.Ref)
            : null;

    /// <summary>
    /// Another override speaks of the same workload under the name of the ScaledObject that scales it.
    /// </summary>
    private string? Twin(OverrideKey key, OverrideTarget subject)
    {
        var counted = book.Count().Counted;
        if (counted.Count < 2 || subject.Workload is not { } workload || !counted.TryGetValue(key, out var own))
            return null;
        var older = counted.Values.FirstOrDefault(other =>
            other.Override.Namespace == key.Namespace
            && other.Key != key
            && (other.Override.At, other.Name).CompareTo((own.Override.At, own.Name)) < 0
            && targets.Find(other.Key)?.Workload?.Ref == workload.Ref
        );
        return older is null ? null : $"it is the workload of {older.Key}, which is overridden";
    }

    /// <summary>Writes to the objects what was found of them, and deletes what Ebb made and nobody needs.</summary>
    private async Task TellAsync(IReadOnlyDictionary<string, string> refused, CancellationToken cancellationToken)
    {
        var now = clocks.Wall.Now();
        string? trouble = null;
        foreach (var stored in cluster.Known.Overrides ?? [])
        {
            // It came while this turn was under way.
            if (!stored.Override.IsOver(now) && !refused.ContainsKey(stored.Uid) && !_steps.ContainsKey(stored.Key))
                continue;
            var status = StatusOf(stored, refused, now);
            if (status == stored.Status)
                continue;
            var result =
                status.State == OverrideState.Ended && stored.ByEbb
                    ? await cluster.Overrides.DeleteAsync(stored, cancellationToken)
                    : await cluster.Overrides.SetStatusAsync(stored, status, cancellationToken);
            if (result.Outcome == WriteOutcome.Done)
                RecordAsked(stored, status);
            // After a conflict the watch brings what somebody else has written, and the next turn looks at that.
            if (result.Outcome is not (WriteOutcome.Done or WriteOutcome.Gone or WriteOutcome.Conflict))
                trouble = $"{stored.Namespace}/{stored.Name}: {result.Detail}";
        }
        if (trouble is not null && trouble != _trouble)
            NotTold(log, trouble);
        _trouble = trouble;
    }

    /// <summary>What somebody asks is told once, when it was looked at first.</summary>
    private void RecordAsked(StoredOverride stored, OverrideStatus status)
    {
        if (stored.Status is null)
            journal.Record(
                stored.Override.By ?? "somebody who wrote the Override",
                $"asked for {OverrideActions.Effect(stored.Override)}",
                stored.Key.ToString(),
                stored.Override.Reason,
                $"{status.State}: {status.Message}"
            );
    }

    private OverrideStatus StatusOf(StoredOverride stored, IReadOnlyDictionary<string, string> refused, Instant now)
    {
        if (refused.TryGetValue(stored.Uid, out var refusal))
            return new OverrideStatus(OverrideState.Refused, refusal, null);
        var over = stored.Override.IsOver(now);
        if (_steps.GetValueOrDefault(stored.Key) is { } step && (!over || !_counted.ContainsKey(stored.Key)))
            return over && step is { Release: true } or { State: OverrideState.Ended }
                ? new OverrideStatus(OverrideState.Ended, $"it has ended; {step.Note}", stored.Status?.Size)
                : new OverrideStatus(step.State, step.Note, stored.Status?.Size);
        return over
            ? new OverrideStatus(OverrideState.Ended, "it has ended", stored.Status?.Size)
            : new OverrideStatus(OverrideState.Waits, "not looked at yet", stored.Status?.Size);
    }

    private async Task AnnounceAsync(
        OverrideKey key,
        OverrideStep step,
        bool first,
        Instant now,
        CancellationToken cancellationToken
    )
    {
        if (first && step.State == OverrideState.Holds && book.Count().Counted.GetValueOrDefault(key) is { } stored)
        {
            var sentence = why.Of(stored.Override, now) ?? stored.Override.Reason;
            Wrote(log, key, sentence);
            await AnnounceAsync(key, "Override", $"{key}: {sentence}", cancellationToken);
        }
        else
            Wrote(log, key, step.Note);
    }

    private async Task AnnounceAsync(OverrideKey key, string reason, string note, CancellationToken cancellationToken)
    {
        var scaler = WorkloadType.Parse(key.Kind) is { } type
            ? targets.Listed(type, key.Namespace, key.Name)?.Scaler
            : null;
        var workload = targets.Find(key)?.Workload;
        if ((scaler?.Ref ?? workload?.Ref) is not { } regarding)
            return;
        await cluster.AnnounceAsync(
            new Announcement(regarding, scaler?.Uid ?? workload?.Uid, false, reason, "Override", note),
            cancellationToken
        );
    }

    public void Dispose() => _gate.Dispose();

    [LoggerMessage(40, LogLevel.Information, "override of {Workload}: {Note}")]
    private static partial void Wrote(ILogger log, OverrideKey workload, string note);

    [LoggerMessage(41, LogLevel.Information, "override of {Workload} has ended: {Note}")]
    private static partial void Dropped(ILogger log, OverrideKey workload, string note);

    [LoggerMessage(42, LogLevel.Warning, "override of {Workload}: {Failure}")]
    private static partial void Failed(ILogger log, OverrideKey workload, string failure);

    [LoggerMessage(45, LogLevel.Warning, "the status of an Override cannot be written: {Trouble}")]
    private static partial void NotTold(ILogger log, string trouble);

    [LoggerMessage(43, LogLevel.Warning, "override of {Workload}: its Baseline was deleted and is created again")]
    private static partial void Recreated(ILogger log, OverrideKey workload);
}
