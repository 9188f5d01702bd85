namespace Ebb.Core.Capacity;

/// <summary>What would be given back for one more pod.</summary>
/// <param name="Node">Where it would go; null: nowhere.</param>
/// <param name="GivenBack">By which workloads, and how many replicas on which node.</param>
/// <param name="Why">For people.</param>
public sealed record WhatIf(string? Node, IReadOnlyList<GivenReplicas> GivenBack, string Why)
{
    /// <summary>What differs between two plans, of which the second has one more pod, the last in its queue.</summary>
    internal static WhatIf Between(CapacityIndex index, DemandPlan before, DemandPlan after, DemandShape shape)
    {
        string? node = null;
        List<GivenReplicas> given = [];
        foreach (var (place, claims) in after.Nodes.OrderBy(one => index.Nodes[one.Key]!.Name, StringComparer.Ordinal))
        {
            var name = index.Nodes[place]!.Name;
            var known = before.Nodes.GetValueOrDefault(place);
            if (claims.Claimed[index.Resources.Pods] > (known?.Claimed[index.Resources.Pods] ?? 0))
                node = name;
            foreach (var who in index.Harvesters)
                if (claims.GivenBy(who) - (known?.GivenBy(who) ?? 0) is > 0 and var more)
                    given.Add(new GivenReplicas(who.Workload, name, more));
        }

        if (node is not null)
            return new WhatIf(node, given, given.Count == 0 ? "there is room for it" : "room would be made for it");
        var unmet = after.Unmet.FirstOrDefault(one => one.Nodes.Shape == shape);
        return new WhatIf(null, [], unmet.Nodes.Why);
    }
}

/// <summary>Replicas of one workload on one node.</summary>
/// <param name="Workload">As its query names it.</param>
/// <param name="Node">The node.</param>
/// <param name="Replicas">How many.</param>
public readonly record struct GivenReplicas(string Workload, string Node, int Replicas);
