using Ebb.Core.Power;
using Ebb.Core.Waves;
using Ebb.Core.Workloads;

namespace Ebb.Engine.Power;

/// <summary>The facts of the power path that cannot be observed again.</summary>
internal sealed record PowerMemory(Orders Asks, OutageProgress Episode, IReadOnlyList<RememberedSupply> Supplies)
{
    public static readonly PowerMemory Nothing = new(Orders.None, OutageProgress.None, []);

    public bool Equals(PowerMemory? other) =>
        other is not null
        && Asks == other.Asks
        && Supplies.SequenceEqual(other.Supplies)
        && Episode with { Waves = [], NodesBefore = null } == other.Episode with { Waves = [], NodesBefore = null }
        && Episode.Waves.SequenceEqual(other.Episode.Waves)
        && (Episode.NodesBefore ?? []).SequenceEqual(other.Episode.NodesBefore ?? []);

    public override int GetHashCode() => HashCode.Combine(Asks, Episode.Began, Supplies.Count);
}

/// <summary>Since when a UPS is as it is.</summary>
internal sealed record RememberedSupply(
    string Ups,
    Mains LastKnown,
    NodaTime.Instant? Since,
    NodaTime.Instant? ForcedSince,
    NodaTime.Instant? OrderedAt
)
{
    public static RememberedSupply Of(SupplyMemory memory) =>
        new(memory.Ups, memory.LastKnown, memory.Since, memory.ForcedSince, memory.OrderedAt);

    public SupplyMemory ToMemory() =>
        new()
        {
            Ups = Ups,
            LastKnown = LastKnown,
            Since = Since,
            ForcedSince = ForcedSince,
            OrderedAt = OrderedAt,
        };
}
