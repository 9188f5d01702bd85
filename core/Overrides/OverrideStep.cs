using Ebb.Core.Claims;
using Ebb.Core.Workloads;
using NodaTime;

namespace Ebb.Core.Overrides;

/// <summary>Where an override stands.</summary>
public enum OverrideState
{
    /// <summary>It holds, or is being made to.</summary>
    Holds,

    /// <summary>A stronger claim holds now; it waits.</summary>
    Waits,

    /// <summary>It has ended, and the workload is being made what it was.</summary>
    Returns,

    /// <summary>Its workload is not there, or is another one: nothing is written.</summary>
    Orphaned,

    /// <summary>It does not count, and the note says why.</summary>
    Refused,

    /// <summary>It has ended, and nothing of it is left.</summary>
    Ended,
}

/// <summary>What follows for one workload that is overridden or was, at one instant.</summary>
/// <param name="State">Where it stands.</param>
/// <param name="Note">One sentence.</param>
/// <param name="Writes">What to write; empty: nothing.</param>
public sealed record OverrideStep(OverrideState State, string Note, params IReadOnlyList<Write> Writes)
{
    /// <summary>The number that freezing means, to be stored before anything else; null: nothing new.</summary>
    public int? Freeze { get; init; }

    /// <summary>What to remember first, before anything is written; null: nothing new.</summary>
    public OverrideBaseline? Keep { get; init; }

    /// <summary>Nothing is left to be restored: the baseline goes.</summary>
    public bool Release { get; init; }

    /// <summary>
    /// Decides. The same question gives the same answer, so it may be asked at any time and after any crash.
    /// </summary>
    /// <param name="key">The workload, for messages.</param>
    /// <param name="asked">What is asked of it; null: nothing any more.</param>
    /// <param name="before">What it was; null: nothing has been written.</param>
    /// <param name="subject">The workload; null: nothing is known of it yet.</param>
    /// <param name="decision">What all claims on it add up to: where a stronger one than this wins, it waits.</param>
    /// <param name="waitsFor">What is to be done first; null: nothing.</param>
    /// <param name="now">The instant of the decision.</param>
    public static OverrideStep Decide(
        OverrideKey key,
        Override? asked,
        OverrideBaseline? before,
        OverrideTarget? subject,
        Decision decision,
        string? waitsFor,
        Instant now
    )
    {
        ArgumentNullException.ThrowIfNull(decision);
        if (asked is null && before is null)
            return new OverrideStep(OverrideState.Ended, "nothing was written");
        if (subject is null)
            return new OverrideStep(OverrideState.Waits, "its workload is not known yet");
        if (subject.Target is WorkloadLookup.Unknown unknown)
            return new OverrideStep(OverrideState.Waits, unknown.Why);
        if (subject.Workload is not { Deleting: false } workload)
            return new OverrideStep(OverrideState.Orphaned, $"{key} does not exist any more")
            {
                Release = asked is null,
            };
        if (before?.What.Uid is { } uid && uid != workload.Uid)
            return new OverrideStep(OverrideState.Orphaned, "made anew since: the new one is left alone")
            {
                Release = asked is null,
            };
        var isStronger = !decision.LeavesTo(ClaimSource.Override);
        if (waitsFor is not null || isStronger)
            return new OverrideStep(OverrideState.Waits, $"waits: {waitsFor ?? decision.Winner!.Reason}")
            {
                // What power has recorded is what it was: it wakes to what is asked then, and that is known of it.
                Keep = waitsFor is null ? ToWakeTo(asked, before, workload, subject, now) : null,
            };
        return asked is null
            ? ToReturn(before!, workload, subject.Type)
            : ToHold(asked, before, workload, subject, now);
    }

    /// <summary>What is noted before power wakes it to what is asked; null: nothing new.</summary>
    private static OverrideBaseline? ToWakeTo(
        Override? asked,
        OverrideBaseline? before,
        WorkloadView workload,
        OverrideTarget subject,
        Instant now
    )
    {
        if (asked?.Size is not { } size || subject is not { Baseline: { } was, IsUnderAnotherName: false })
            return null;
        if (before is not null)
            return before.Sizes is [.., var last] && last == size ? null : before.Asked(size);
        // Power lets go of what was made anew, and that is as it is now.
        return was.Uid is { } uid && uid != workload.Uid
            ? null
            : OverrideWrites.Capture(workload, subject.Type, was, now)?.Asked(size);
    }

    private static OverrideStep ToReturn(OverrideBaseline before, WorkloadView workload, WorkloadType type)
    {
        var back = OverrideWrites.ToReturn(before, workload, type);
        return back.Count == 0
            ? new OverrideStep(OverrideState.Returns, "it is what it was") { Release = true }
            : new OverrideStep(OverrideState.Returns, "it is made what it was", back);
    }

    private static OverrideStep ToHold(
        Override asked,
        OverrideBaseline? before,
        WorkloadView workload,
        OverrideTarget subject,
        Instant now
    )
    {
        var type = subject.Type;
        if (asked is { Effect: OverrideEffect.Freeze, Replicas: null } && OverrideWrites.IsScaled(type, workload))
            return subject.Size is { } frozen
                ? new OverrideStep(OverrideState.Holds, $"it is frozen at {frozen}") { Freeze = frozen }
                : new OverrideStep(OverrideState.Waits, "its size is not known yet");
        if (asked.Size is not { } size)
            return new OverrideStep(OverrideState.Holds, "it holds");
        if (before is null)
            return OverrideWrites.Capture(workload, type, null, now) is { } captured
                ? new OverrideStep(OverrideState.Holds, "it is remembered what it was") { Keep = captured.Asked(size) }
                : new OverrideStep(OverrideState.Waits, "what it is now is not known yet");
        if (before.Sizes is not [.., var last] || last != size)
            return new OverrideStep(OverrideState.Holds, "it is remembered what is asked")
            {
                Keep = before.Asked(size),
            };
        if (OverrideWrites.Obstacle(size, before, workload, type) is { } obstacle)
            return new OverrideStep(OverrideState.Waits, obstacle);
        var writes = OverrideWrites.ToHold(asked, workload, type);
        return new OverrideStep(OverrideState.Holds, writes.Count == 0 ? "it holds" : "it is made to hold", writes);
    }

    /// <summary>Why this may not be asked of this workload, in one sentence; null: it may.</summary>
    public static string? Refusal(OverrideTarget subject, OverrideEffect effect, int? replicas)
    {
        ArgumentNullException.ThrowIfNull(subject);
        if (subject.Refusal is { } refusal)
            return refusal;
        var type = subject.Type;
        var scaled = OverrideWrites.IsScaled(type, subject.Workload);
        if (!scaled && replicas > 1)
            return $"a {type.Name} has no replicas: expected 1 for awake or 0 for asleep";
        if (
            (type.Method == SleepMethod.StopSyncing || subject.Workload?.Declared is not null)
            && effect == OverrideEffect.Replicas
            && replicas > 0
        )
            return $"a {type.Name} can be put to sleep or frozen, and has no size";
        if (effect == OverrideEffect.Freeze && scaled && subject.Size is null)
            return "its size is not known yet";
        return null;
    }
}
