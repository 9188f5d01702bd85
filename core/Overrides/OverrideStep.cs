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
}

/// <summary>What follows for one override, at one instant.</summary>
/// <param name="State">Where it stands.</param>
/// <param name="Note">One sentence.</param>
/// <param name="Keep">What to remember first, before anything is written; null: nothing new.</param>
/// <param name="Writes">What to write; empty: nothing.</param>
/// <param name="Drop">Nothing is left to be done: forget it.</param>
public sealed record OverrideStep(
    OverrideState State,
    string Note,
    Override? Keep,
    IReadOnlyList<Write> Writes,
    bool Drop
)
{
    /// <summary>
    /// Decides. The same question gives the same answer, so it may be asked at any time and after any crash.
    /// </summary>
    /// <param name="asked">The override.</param>
    /// <param name="subject">The workload; null: nothing is known of it yet.</param>
    /// <param name="yieldsTo">Why power or a hold comes first now; null: it does not.</param>
    /// <param name="now">The instant of the decision.</param>
    public static OverrideStep Decide(Override asked, OverrideTarget? subject, string? yieldsTo, Instant now)
    {
        ArgumentNullException.ThrowIfNull(asked);
        var over = asked.IsOver(now);
        if (subject is null)
            return new OverrideStep(
                OverrideState.Waits,
                "its workload is not known yet",
                null,
                [],
                over && asked.Before is null
            );
        var type = subject.Type;
        if (subject.Target is WorkloadLookup.Unknown unknown)
            return new OverrideStep(OverrideState.Waits, unknown.Why, null, [], over && asked.Before is null);
        if (subject.Workload is not { Deleting: false } workload)
            return new OverrideStep(OverrideState.Orphaned, $"{asked} does not exist any more", null, [], over);
        if (asked.Before?.What.Uid is { } uid && uid != workload.Uid)
            return new OverrideStep(
                OverrideState.Orphaned,
                "made anew since: the new one is left alone",
                null,
                [],
                over
            );
        if (over && asked.Before is null)
            return new OverrideStep(OverrideState.Returns, "nothing was written", null, [], true);
        if (yieldsTo is not null)
            return new OverrideStep(OverrideState.Waits, $"waits: {yieldsTo}", null, [], false);
        if (over)
        {
            var back = OverrideWrites.ToReturn(asked, workload, type);
            return new OverrideStep(
                OverrideState.Returns,
                back.Count == 0 ? "it is what it was" : "it is made what it was",
                null,
                back,
                back.Count == 0
            );
        }
        if (asked.Before is null)
        {
            return OverrideWrites.Capture(workload, type, now) is { } before
                ? new OverrideStep(
                    OverrideState.Holds,
                    "it is remembered what it was",
                    asked with
                    {
                        Before = before,
                    },
                    [],
                    false
                )
                : new OverrideStep(OverrideState.Waits, "what it is now is not known yet", null, [], false);
        }
        var writes = OverrideWrites.ToHold(asked, workload, type);
        return new OverrideStep(
            OverrideState.Holds,
            writes.Count == 0 ? "it holds" : "it is made to hold",
            null,
            writes,
            false
        );
    }

    /// <summary>Why this may not be asked of this workload, in one sentence; null: it may.</summary>
    public static string? Refusal(OverrideTarget subject, OverrideEffect effect, int? replicas)
    {
        ArgumentNullException.ThrowIfNull(subject);
        if (subject.Refusal is { } refusal)
            return refusal;
        var type = subject.Type;
        if (!OverrideWrites.IsScaled(type) && replicas > 1)
            return $"a {type.Name} has no replicas: expected 1 for awake or 0 for asleep";
        if (type.Method == SleepMethod.StopSyncing && effect == OverrideEffect.Replicas && replicas > 0)
            return $"a {type.Name} can be put to sleep or frozen, and has no size";
        if (effect == OverrideEffect.Freeze && OverrideWrites.IsScaled(type) && subject.Size is null)
            return "its size is not known yet";
        return null;
    }
}
