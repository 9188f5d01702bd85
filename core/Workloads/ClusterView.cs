using Ebb.Core.Capacity;
using Ebb.Core.Overrides;
using Ebb.Core.Power;
using Ebb.Core.Workloads.Declared;
using NodaTime;

namespace Ebb.Core.Workloads;

/// <summary>
/// What is known of the cluster at one moment, all from watches. The same instance is given again as long as nothing in
/// it changed.
/// </summary>
/// <param name="Synced">Everything that must be known to decide was read once; false: nothing may be decided from
/// this.</param>
/// <param name="LastContact">When the API server last answered anything; null: never.</param>
/// <param name="Reachable">Whether the API server answers now; null: not tried yet.</param>
/// <param name="Scalers">All UpsScalers, in no order.</param>
/// <param name="Nodes">Null: nodes are not known.</param>
/// <param name="Orders">All stored orders, in no order; null: they are not known.</param>
/// <param name="Troubles">What cannot be read, and why (a missing right, a kind that is not served); each a whole
/// sentence.</param>
public sealed record ClusterView(
    bool Synced,
    Instant? LastContact,
    bool? Reachable,
    IReadOnlyList<UpsScalerView> Scalers,
    IReadOnlyList<NodeView>? Nodes,
    IReadOnlyList<PowerOrder>? Orders,
    IReadOnlyList<string> Troubles
)
{
    /// <summary>The UpsScalers that select their workloads, in no order; what they select is in Scalers.</summary>
    public IReadOnlyList<UpsScalerSelection> Selections { get; init; } = [];

    /// <summary>All stored overrides, in no order; null: they are not known.</summary>
    public IReadOnlyList<StoredOverride>? Overrides { get; init; }

    /// <summary>What overridden workloads were, in no order; null: it is not known.</summary>
    public IReadOnlyList<StoredBaseline>? OverrideBaselines { get; init; }

    /// <summary>All Services that lead to pods or to another name, in no order; null: they are not known.</summary>
    public IReadOnlyList<ServiceView>? Services { get; init; }

    /// <summary>All SleepMethods, in no order; null: they are not known.</summary>
    public IReadOnlyList<SleepMethodView>? SleepMethods { get; init; }

    /// <summary>Nothing known yet.</summary>
    public static readonly ClusterView Nothing = new(false, null, null, [], null, null, []);
}

/// <summary>A node as far as waking needs it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Ready">Condition Ready is True.</param>
/// <param name="Schedulable">Not cordoned.</param>
public sealed record NodeView(string Name, bool Ready, bool Schedulable)
{
    /// <summary>The UPSes that it says feed it; empty: it names none, and all do.</summary>
    public IReadOnlyList<string> Supplies { get; init; } = [];

    /// <summary>What decides which pods it takes; null: nobody needs it, because no node names a supply.</summary>
    public NodeFacts? Facts { get; init; }

    /// <inheritdoc/>
    public bool Equals(NodeView? other) =>
        other is not null
        && (Name, Ready, Schedulable) == (other.Name, other.Ready, other.Schedulable)
        && Supplies.SequenceEqual(other.Supplies)
        && (Facts is null ? other.Facts is null : other.Facts is { } facts && Facts.SaysTheSame(facts));

    /// <inheritdoc/>
    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);
}
