using Ebb.Core.Workloads;
using NodaTime;

namespace Ebb.Core.Overrides;

/// <summary>
/// What overrides make of the size that power wakes a workload to. One that is overridden wakes to what it was held at,
/// whatever the clock asks; one whose override has ended meanwhile to what it was before that, and not to the size that
/// the override had made.
/// </summary>
public sealed class OverriddenWaking
{
    private readonly IReadOnlyDictionary<OverrideKey, StoredOverride> _counted;
    private readonly IReadOnlyList<StoredBaseline> _before;

    /// <param name="cluster">What is known.</param>
    /// <param name="admins">The namespaces from which workloads elsewhere may be named.</param>
    /// <param name="now">The instant of the question, by the clock on the wall.</param>
    public OverriddenWaking(ClusterView cluster, IReadOnlyCollection<string> admins, Instant now)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        _counted = StoredOverride.Count(cluster.Overrides ?? [], admins, now).Counted;
        _before = cluster.OverrideBaselines ?? [];
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
            (_counted.Count == 0 && _before.Count == 0)
            || scaler is not { Baseline: { } asleep, TargetName: { } name, TargetNamespace: var place }
        )
            return clock;
        var own = new OverrideKey(type.Name, place, name);
        if (Holds(own) || (asleep.ScaledObject is { } scaled && Holds(new("scaledobject", place, scaled))))
            return null;
        return clock ?? Before(own, asleep);
    }

    private bool Holds(OverrideKey key) =>
        _counted.GetValueOrDefault(key) is { Status.State: not OverrideState.Refused } or { Status: null };

    /// <summary>Only where a size is all that the override has changed, and power found one that it had made.</summary>
    private SizeAtWaking? Before(OverrideKey key, Baseline asleep) =>
        asleep is { Replicas: { } size, ScaledObject: null }
        && _before.FirstOrDefault(one => one.Key == key.Baseline)
            is { IsDeleted: false, Before: { Replicas: { } was, Bounds: null } before } stored
        && before.Uid == asleep.Uid
        && was != size
        && new OverrideBaseline(before, stored.Notes.Sizes).IsAsked(size)
            ? new SizeAtWaking(was, "its override has ended") { IsScheduled = false }
            : null;
}
