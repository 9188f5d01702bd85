using Ebb.Core.Overrides;
using Ebb.Core.Time.Sizing;
using Ebb.Core.Time.Specs;
using Ebb.Core.Workloads;
using NodaTime;

namespace Ebb.Core.Claims;

/// <summary>
/// The sizes that power wakes workloads to: what all claims on them add up to once power asks nothing any more.
/// </summary>
public sealed class SizesAtWaking
{
    private readonly IReadOnlyDictionary<OverrideKey, StoredOverride> _overrides;
    private readonly Dictionary<BaselineKey, StoredBaseline> _held;
    private readonly Instant _now;

    /// <param name="cluster">What is known.</param>
    /// <param name="scheduled">What schedules ask, of workloads of which they have recorded what they were.</param>
    /// <param name="admins">The namespaces from which workloads elsewhere may be named.</param>
    /// <param name="now">The instant of the question, by the clock on the wall.</param>
    public SizesAtWaking(
        ClusterView cluster,
        IReadOnlyDictionary<WorkloadName, WakingSize> scheduled,
        IReadOnlyCollection<string> admins,
        Instant now
    )
    {
        ArgumentNullException.ThrowIfNull(cluster);
        ArgumentNullException.ThrowIfNull(scheduled);
        (Scheduled, _now) = (scheduled, now);
        _overrides = StoredOverride.Count(cluster.Overrides ?? [], admins, now).Counted;
        _held = (cluster.OverrideBaselines ?? []).ToDictionary(stored => stored.Key);
        Until = _overrides.Values.Select(stored => (Instant?)stored.Override.Until).Min();
    }

    /// <summary>What schedules ask.</summary>
    public IReadOnlyDictionary<WorkloadName, WakingSize> Scheduled { get; }

    /// <summary>From when on the answers are others, included; null: until something changes.</summary>
    public Instant? Until { get; }

    /// <summary>Null: to its baseline.</summary>
    public SizeAtWaking? Of(WorkloadType type, UpsScalerView scaler)
    {
        ArgumentNullException.ThrowIfNull(type);
        ArgumentNullException.ThrowIfNull(scaler);
        if (scaler is not { Baseline: { } asleep, TargetName: { } name, TargetNamespace: var place })
            return null;
        var clock = OfClock(type, place, name, asleep);
        var key = new OverrideKey(type.Name, place, name);
        var asked = Counted(key);
        if (asked is null && asleep.ScaledObject is { } scaled)
            asked = Counted(new OverrideKey("scaledobject", place, scaled));
        Claim?[] claims =
        [
            asked?.Claim(_now),
            clock is null ? null : new Claim(ClaimSource.Schedule, ClaimEffect.Exactly, clock.Replicas, clock.Cause),
        ];
        var decision = Arbiter.Decide([.. claims.OfType<Claim>()], _now);
        // Where nothing is asked but that nobody changes it, what the clock has made of it is what it is.
        if (decision.Winner is not { Source: ClaimSource.Override } person || asked!.Size is not { } size)
            return clock;
        // What does not say what it was before the override, nor that this was asked, is not made that, or it would
        // be lost.
        return
            asked.Key == key
            && _held.GetValueOrDefault(key.Baseline) is { } held
            && OverrideBaseline.Of(held).IsAsked(size)
            ? new SizeAtWaking(
                decision.Of(asleep.SpecReplicas),
                person.Reason,
                StaysPaused: asleep.ScaledObject is not null
            )
            {
                Source = person.Source,
            }
            : null;
    }

    /// <summary>Of the workload, or of the ScaledObject that was found scaling it; null: nothing.</summary>
    private SizeAtWaking? OfClock(WorkloadType type, string place, string name, Baseline asleep)
    {
        if (Scheduled.Count == 0)
            return null;
        if (
            asleep.ScaledObject is { } scaled
            && Scheduled.TryGetValue(new WorkloadName(ScheduleTarget.ScaledObject, place, scaled), out var asked)
        )
            return new SizeAtWaking(asked.Replicas, asked.Cause, StaysPaused: true);
        return Scheduled.TryGetValue(new WorkloadName(type.Kind, place, name), out asked)
            ? new SizeAtWaking(asked.Replicas, asked.Cause)
            : null;
    }

    private Override? Counted(OverrideKey key) =>
        _overrides.GetValueOrDefault(key) is { Status: null or { State: not OverrideState.Refused } } stored
            ? stored.Override
            : null;
}
