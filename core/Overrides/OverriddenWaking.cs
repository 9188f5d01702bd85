using Ebb.Core.Claims;
using Ebb.Core.Workloads;
using NodaTime;

namespace Ebb.Core.Overrides;

/// <summary>
/// The size that power wakes a workload to: what the claims on it add up to once power asks nothing any more. What a
/// person holds wakes to what it is held at, whatever the clock asks.
/// </summary>
public sealed class OverriddenWaking
{
    private readonly IReadOnlyDictionary<OverrideKey, StoredOverride> _counted;
    private readonly HashSet<BaselineKey> _held;
    private readonly Instant _now;

    /// <param name="cluster">What is known.</param>
    /// <param name="admins">The namespaces from which workloads elsewhere may be named.</param>
    /// <param name="now">The instant of the question, by the clock on the wall.</param>
    public OverriddenWaking(ClusterView cluster, IReadOnlyCollection<string> admins, Instant now)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        _counted = StoredOverride.Count(cluster.Overrides ?? [], admins, now).Counted;
        _now = now;
        _held = [.. (cluster.OverrideBaselines ?? []).Select(stored => stored.Key)];
        Until = _counted.Values.Select(stored => (Instant?)stored.Override.Until).Min();
    }

    /// <summary>From when on the answers are others, included; null: until something changes.</summary>
    public Instant? Until { get; }

    /// <summary>Null: to its baseline.</summary>
    /// <param name="type">Its kind.</param>
    /// <param name="scaler">What names it.</param>
    /// <param name="clock">What a schedule asks of it.</param>
    public SizeAtWaking? Of(WorkloadType type, UpsScalerView scaler, SizeAtWaking? clock)
    {
        ArgumentNullException.ThrowIfNull(type);
        ArgumentNullException.ThrowIfNull(scaler);
        if (
            _counted.Count == 0
            || scaler is not { Baseline: { } asleep, TargetName: { } name, TargetNamespace: var place }
        )
            return clock;
        var key = new OverrideKey(type.Name, place, name);
        var asked = Counted(key);
        if (asked is null && asleep.ScaledObject is { } scaled)
            asked = Counted(new OverrideKey("scaledobject", place, scaled));
        if (asked?.Claim(_now) is not { } person)
            return clock;
        var decision = Arbiter.Decide(
            clock is null
                ? [person]
                : [person, new Claim(ClaimSource.Schedule, ClaimEffect.Exactly, clock.Replicas, "")],
            _now
        );
        if (decision.Winner != person)
            return clock;
        // What does not say what it was before the override is not made what that asks, or it would be lost.
        return asked.Size is not null && asked.Key == key && _held.Contains(key.Baseline)
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

    private Override? Counted(OverrideKey key) =>
        _counted.GetValueOrDefault(key) is { Status: null or { State: not OverrideState.Refused } } stored
            ? stored.Override
            : null;
}
