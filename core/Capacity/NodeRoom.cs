namespace Ebb.Core.Capacity;

/// <summary>How dear a node is to a pod that waits; the least first.</summary>
/// <param name="Priority">The highest priority among what is given back.</param>
/// <param name="Replicas">How many are given back.</param>
internal readonly record struct NodeCost(int Priority, int Replicas) : IComparable<NodeCost>
{
    public int CompareTo(NodeCost other) => (Priority, Replicas).CompareTo((other.Priority, other.Replicas));
}

/// <summary>What of a node is there for pods that wait, and what harvesters give back for it.</summary>
internal static class NodeRoom
{
    /// <summary>How many pods fit into what is free, or will be once what is given back has gone.</summary>
    public static long Fits(CapacityIndex index, NodeLoad load, NodeClaims? claims, DemandNeeds needs)
    {
        var fits = (long)int.MaxValue;
        for (var i = 0; i < needs.Ids.Length && fits > 0; i++)
            fits = Math.Min(fits, Math.Max(0, Free(index, load, claims, needs.Ids[i])) / needs.Units[i]);
        return fits;
    }

    /// <summary>Whether one fits on the node when nobody is on it.</summary>
    public static bool FitsEmpty(CapacityIndex index, NodeLoad load, DemandNeeds needs)
    {
        for (var i = 0; i < needs.Ids.Length; i++)
            if (needs.Units[i] > index.Resources.On(load.Facts!, needs.Ids[i]))
                return false;
        return true;
    }

    /// <summary>
    /// What has to be given back for one pod; null: all would not be enough. It looks at this node alone, so that
    /// another node's pods move nothing here.
    /// </summary>
    /// <param name="index">The cluster.</param>
    /// <param name="load">The node.</param>
    /// <param name="claims">What is planned on it already; null: nothing.</param>
    /// <param name="needs">What the pod takes.</param>
    /// <param name="leaving">Whose pods all go, since it does not share the node with them.</param>
    public static NodeCost? Cost(
        CapacityIndex index,
        NodeLoad load,
        NodeClaims? claims,
        DemandNeeds needs,
        IReadOnlyList<Harvester> leaving
    )
    {
        if (!load.HasHarvest)
            return null;
        for (var i = 0; i < needs.Ids.Length; i++)
        {
            var id = needs.Ids[i];
            if (Free(index, load, claims, id) - (claims?.Freed[id] ?? 0) + load.Harvested[id] < needs.Units[i])
                return null;
        }

        if (Victims(index, load, claims, needs, leaving, null) is not { } given)
            return null;
        var (priority, replicas) = (int.MinValue, 0);
        for (var i = 0; i < given.Count; i++)
        {
            replicas += given.Taken(i);
            if (given.Taken(i) > 0)
                priority = Math.Max(priority, given.Who(i).Priority);
        }

        return new NodeCost(priority, replicas);
    }

    /// <summary>What pending pods take of the node is not free yet: something is given back, or is leaving.</summary>
    public static bool IsClearing(CapacityIndex index, NodeLoad load, NodeClaims claims)
    {
        for (var id = 0; id < claims.Claimed.Count; id++)
            if (claims.Claimed[id] > 0 && index.Resources.On(load.Facts!, id) - load.Requested[id] < claims.Claimed[id])
                return true;
        return false;
    }

    /// <summary>
    /// How many of each holder's pods go for one pod, until the next question; null: all would not be enough.
    /// </summary>
    /// <param name="index">The cluster.</param>
    /// <param name="load">The node.</param>
    /// <param name="claims">What is planned on it already; null: nothing.</param>
    /// <param name="needs">What the pod takes.</param>
    /// <param name="leaving">Whose pods all go.</param>
    /// <param name="freed">What each gives back already, for evenness over the cluster; null: evenness on the node.
    /// </param>
    public static GiveBack? Victims(
        CapacityIndex index,
        NodeLoad load,
        NodeClaims? claims,
        DemandNeeds needs,
        IReadOnlyList<Harvester> leaving,
        Dictionary<Harvester, ResourceSums>? freed
    )
    {
        Span<long> lacks = stackalloc long[needs.Ids.Length];
        var level = 0;
        for (var i = lacks.Length - 1; i >= 0; i--)
            if ((lacks[i] = needs.Units[i] - Free(index, load, claims, needs.Ids[i])) > 0)
                level = i;
        var (id, given) = (needs.Ids[level], index.GiveBack);
        given.Begin(lacks);
        foreach (var who in index.Harvesters)
        {
            if (who.On(load.Place) is not { } own || (claims?.GivenBy(who) ?? 0) is var before && own.Count <= before)
                continue;
            var holds = freed is null
                ? own.Stays[id] - own.Part(id, before)
                : who.Stays[id] - (freed.GetValueOrDefault(who)?[id] ?? 0);
            var totals = given.Add(who, own.Count, before, holds, leaving.Contains(who));
            for (var i = 0; i < totals.Length; i++)
                totals[i] = own.Stays[needs.Ids[i]];
        }

        return given.Take(level) ? given : null;
    }

    private static long Free(CapacityIndex index, NodeLoad load, NodeClaims? claims, int id)
    {
        var free = index.Resources.On(load.Facts!, id) - load.Requested[id] + load.Leaving[id];
        return claims is null ? free : free - claims.Claimed[id] + claims.Freed[id];
    }
}
