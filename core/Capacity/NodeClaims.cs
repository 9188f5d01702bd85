namespace Ebb.Core.Capacity;

/// <summary>What pending pods take of one node, and what is given back for them there.</summary>
internal sealed class NodeClaims
{
    public ResourceSums Claimed { get; } = new();

    /// <summary>The rules of those that go there and have some.</summary>
    public List<NeighbourRules> Neighbours { get; } = [];

    /// <summary>What harvesters give back.</summary>
    public ResourceSums Freed { get; } = new();

    /// <summary>How many pods each gives back.</summary>
    public Dictionary<Harvester, int> Given { get; } = [];

    /// <summary>How many pods of a shape may still go there, whatever the node has.</summary>
    public int MostOf(DemandShape shape)
    {
        if (shape.Neighbours is { } rules)
            foreach (var other in Neighbours)
                if (rules.Excludes(other))
                    return 0;
        return shape.MostOnNode;
    }

    /// <summary>Whether some that go there do not share a node with a replica.</summary>
    public bool Exclude(PodFacts? replica) =>
        replica is not null && Neighbours.Count > 0 && Neighbours.Exists(rules => rules.Excludes(replica));

    public int GivenBy(Harvester who) => Given.GetValueOrDefault(who);
}
