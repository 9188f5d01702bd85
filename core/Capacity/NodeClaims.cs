namespace Ebb.Core.Capacity;

/// <summary>What pending pods take of one node, and what is given back for them there.</summary>
internal sealed class NodeClaims
{
    public ResourceSums Claimed { get; } = new();

    /// <summary>Which of those that repel others go there.</summary>
    public List<AntiAffinity> Apart { get; } = [];

    /// <summary>What harvesters give back.</summary>
    public ResourceSums Freed { get; } = new();

    /// <summary>How many pods each gives back.</summary>
    public Dictionary<Harvester, int> Given { get; } = [];

    /// <summary>How many pods of a shape may still go there, whatever the node has.</summary>
    public int MostOf(DemandShape shape)
    {
        if (shape.Apart is { } apart)
            foreach (var other in Apart)
                if (apart.Excludes(other))
                    return 0;
        return shape.MostOnNode;
    }

    public int GivenBy(Harvester who) => Given.GetValueOrDefault(who);
}
