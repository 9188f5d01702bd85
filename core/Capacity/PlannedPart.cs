namespace Ebb.Core.Capacity;

/// <summary>What pods that wait, and what is given back for them, change in a room.</summary>
/// <param name="Of">The plan.</param>
/// <param name="Refreshed">How often the room had been worked out anew.</param>
/// <param name="Sum">What is added to the sum of its nodes.</param>
/// <param name="Pending">What they take of the resource.</param>
/// <param name="Given">How many of its pods make room.</param>
/// <param name="IsClearing">What they take is not free yet somewhere.</param>
/// <param name="Domains">What is added node by node where the workload is spread; null: it is not.</param>
internal sealed record PlannedPart(
    DemandPlan Of,
    int Refreshed,
    NodePart Sum,
    long Pending,
    int Given,
    bool IsClearing,
    IReadOnlyDictionary<int, SpreadDomain>? Domains
)
{
    /// <summary>Costs a look at each node that the plan takes something of.</summary>
    public static PlannedPart In(FreeCapacity room, DemandPlan plan, int refreshed)
    {
        var (sum, pending, given, isClearing) = (default(NodePart), 0L, 0, false);
        Dictionary<int, SpreadDomain>? domains = null;
        foreach (var (place, claims) in plan.Nodes)
        {
            if (!room.IsEligible(place))
                continue;
            var load = room.Index.Nodes[place]!;
            var (before, part) = (room.PartOf(place), NodePart.Of(room, load, claims));
            sum += part - before;
            if (room.IsSpread)
                (domains ??= [])[place] = SpreadDomain.Of(part) - SpreadDomain.Of(before);
            pending += claims.Claimed[room.Question.Resource];
            given += claims.GivenBy(room.Own);
            isClearing = isClearing || NodeRoom.IsClearing(room.Index, load, claims);
        }

        return new PlannedPart(plan, refreshed, sum, pending, given, isClearing, domains);
    }
}
