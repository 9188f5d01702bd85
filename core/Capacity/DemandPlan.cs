namespace Ebb.Core.Capacity;

/// <summary>A pending pod that nobody makes room for, and why.</summary>
/// <param name="Pod">Namespace and name.</param>
/// <param name="Why">For people.</param>
public readonly record struct UnmetDemand(string Pod, string Why);

/// <summary>
/// Where pending pods would go: first where there is room, by the names of the nodes, else on the node where the fewest
/// replicas of the lowest priority make room for it. A pod that no node could take without harvesters is no demand.
/// </summary>
internal sealed class DemandPlan
{
    /// <summary>Nobody waits.</summary>
    public static readonly DemandPlan Empty = new();

    // More pods than this are all the same to whoever sizes a harvester, and each costs a look at some nodes.
    private const int MostPods = 20_000;

    private readonly Dictionary<int, NodeClaims> _nodes = [];
    private readonly SortedSet<NodeLoad> _touched = new(DemandNodes.ByName.Instance);
    private readonly Dictionary<Harvester, ResourceSums> _freed = [];
    private readonly List<(DemandNodes Nodes, int Count)> _unmet = [];

    private DemandPlan() { }

    /// <summary>Nodes that pending pods take something of.</summary>
    public IReadOnlyDictionary<int, NodeClaims> Nodes => _nodes;

    /// <summary>Whether anything is given back.</summary>
    public bool Gives => _freed.Count > 0;

    /// <summary>Who finds no node, and how many of each do not.</summary>
    public IReadOnlyList<(DemandNodes Nodes, int Count)> Unmet => _unmet;

    /// <param name="demand">Who waits, and how many, in the order of the scheduler's queue.</param>
    public static DemandPlan Of(IEnumerable<(DemandNodes Nodes, int Count)> demand)
    {
        var plan = new DemandPlan();
        var most = MostPods;
        foreach (var (nodes, count) in demand)
        {
            plan.Add(nodes, Math.Min(count, most));
            most -= Math.Min(count, most);
        }

        return plan;
    }

    private void Add(DemandNodes nodes, int count)
    {
        var left = Fill(nodes, count);
        if (left > 0)
            left = MakeRoom(nodes, left);
        if (left > 0)
            _unmet.Add((nodes, left));
    }

    private int Fill(DemandNodes nodes, int left)
    {
        var touched = _touched.Where(load => nodes.Accepts(load, _nodes[load.Place])).ToList();
        foreach (var load in InOrder(nodes.Roomy, touched))
        {
            if (left == 0)
                break;
            left -= Claim(nodes, load, left);
        }

        return left;
    }

    private int MakeRoom(DemandNodes nodes, int left)
    {
        SortedSet<(NodeCost Cost, NodeLoad Load)> touched = new(DemandNodes.ByCost.Instance);
        foreach (var load in _touched)
            if (nodes.Accepts(load, _nodes[load.Place]) && nodes.Cost(load, _nodes[load.Place]) is { } cost)
                touched.Add((cost, load));
        using var others = nodes.Dear.Where(one => !_nodes.ContainsKey(one.Load.Place)).GetEnumerator();
        var hasOther = others.MoveNext();
        // The last one, which is mostly the next one as well.
        (NodeCost Cost, NodeLoad Load)? last = null;
        while (left > 0 && (last is not null || touched.Count > 0 || hasOther))
        {
            var load = last?.Load;
            if (
                touched.Count > 0
                && IsCheaper(touched.Min, last)
                && !(hasOther && IsCheaper(others.Current, touched.Min))
            )
            {
                load = touched.Min.Load;
                touched.Remove(touched.Min);
            }
            else if (hasOther && IsCheaper(others.Current, last))
            {
                load = others.Current.Load;
                hasOther = others.MoveNext();
            }

            if (last is { } other && other.Load != load)
                touched.Add(other);
            Give(load!, nodes);
            // What was given back may be room for several.
            left -= Claim(nodes, load!, left);
            last =
                left > 0
                && nodes.Accepts(load!, _nodes[load!.Place])
                && nodes.Cost(load, _nodes[load.Place]) is { } again
                    ? (again, load)
                    : null;
        }

        return left;
    }

    private static bool IsCheaper((NodeCost, NodeLoad) one, (NodeCost, NodeLoad)? than) =>
        than is not { } other || DemandNodes.ByCost.Instance.Compare(one, other) < 0;

    private int Claim(DemandNodes nodes, NodeLoad load, int most)
    {
        var claims = _nodes.GetValueOrDefault(load.Place);
        most = Math.Min(most, claims?.MostOf(nodes.Shape) ?? nodes.Shape.MostOnNode);
        var fits = (int)Math.Min(most, nodes.Fits(load, claims));
        if (fits == 0)
            return 0;
        claims ??= Touch(load);
        claims.Claimed.Add(nodes.Shape.Requests, fits);
        if (nodes.Shape.Neighbours is { } rules)
            claims.Neighbours.Add(rules);
        return fits;
    }

    private void Give(NodeLoad load, DemandNodes nodes)
    {
        var claims = _nodes.GetValueOrDefault(load.Place) ?? Touch(load);
        var given = nodes.Victims(load, claims, _freed);
        for (var i = 0; i < given?.Count; i++)
        {
            if (given.Taken(i) is not (> 0 and var count))
                continue;
            var who = given.Who(i);
            var before = claims.GivenBy(who);
            claims.Given[who] = before + count;
            if (!_freed.TryGetValue(who, out var freed))
                _freed[who] = freed = new ResourceSums();
            var own = who.On(load.Place)!;
            for (var id = 0; id < own.Stays.Count; id++)
            {
                var more = own.Part(id, before + count) - own.Part(id, before);
                claims.Freed.Add(id, more);
                freed.Add(id, more);
            }
        }
    }

    private NodeClaims Touch(NodeLoad load)
    {
        _touched.Add(load);
        return _nodes[load.Place] = new NodeClaims();
    }

    private static IEnumerable<NodeLoad> InOrder(IEnumerable<NodeLoad> roomy, List<NodeLoad> touched)
    {
        var next = 0;
        foreach (var load in roomy)
        {
            while (next < touched.Count && string.CompareOrdinal(touched[next].Name, load.Name) < 0)
                yield return touched[next++];
            if (next < touched.Count && ReferenceEquals(touched[next], load))
                next++;
            yield return load;
        }

        while (next < touched.Count)
            yield return touched[next++];
    }
}
