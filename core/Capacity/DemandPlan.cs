namespace Ebb.Core.Capacity;

/// <summary>A pending pod that nobody makes room for, and why.</summary>
/// <param name="Pod">Namespace and name.</param>
/// <param name="Why">For people.</param>
public readonly record struct UnmetDemand(string Pod, string Why)
{
    /// <summary>Why a pod finds no node.</summary>
    /// <param name="nowhere">Not even on an empty one.</param>
    internal static string Words(bool nowhere) =>
        nowhere
            ? "fits on no node that it may go to, not even on an empty one"
            : "fits on no node that it may go to, not even without harvesters";
}

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
    private const int MostTold = 20;

    private readonly Dictionary<int, NodeClaims> _nodes = [];
    private readonly SortedSet<NodeLoad> _touched = new(DemandNodes.ByName.Instance);
    private readonly Dictionary<Harvester, ResourceSums> _freed = [];
    private readonly List<(DemandShape Shape, bool Nowhere, int Count)> _unmet = [];

    private DemandPlan() { }

    /// <summary>Nodes that pending pods take something of.</summary>
    public IReadOnlyDictionary<int, NodeClaims> Nodes => _nodes;

    /// <summary>Whether anything is given back.</summary>
    public bool Gives => _freed.Count > 0;

    /// <summary>Shapes of pods that find no node, and how many of each do not.</summary>
    public IEnumerable<(DemandShape Shape, bool Nowhere, int Count)> Unmet => _unmet.Take(MostTold);

    /// <summary>The same, all of them.</summary>
    public IReadOnlyList<(DemandShape Shape, bool Nowhere, int Count)> AllUnmet => _unmet;

    /// <param name="index">The cluster.</param>
    /// <param name="demand">Who waits, and how many, in the order of the scheduler's queue.</param>
    public static DemandPlan Of(CapacityIndex index, IEnumerable<(DemandNodes Nodes, int Count)> demand)
    {
        var plan = new DemandPlan();
        var most = MostPods;
        foreach (var (nodes, count) in demand)
        {
            plan.Add(index, nodes, Math.Min(count, most));
            most -= Math.Min(count, most);
        }

        return plan;
    }

    private void Add(CapacityIndex index, DemandNodes nodes, int count)
    {
        var left = Fill(index, nodes, count);
        if (left > 0)
            left = MakeRoom(index, nodes, left);
        if (left > 0)
            _unmet.Add((nodes.Shape, nodes.Nowhere, left));
    }

    private int Fill(CapacityIndex index, DemandNodes nodes, int left)
    {
        var touched = _touched.Where(load => nodes.Accepts(load, _nodes[load.Place])).ToList();
        foreach (var load in InOrder(nodes.Roomy, touched))
        {
            if (left == 0)
                break;
            left -= Claim(index, nodes, load, left);
        }

        return left;
    }

    private int MakeRoom(CapacityIndex index, DemandNodes nodes, int left)
    {
        SortedSet<(NodeCost Cost, NodeLoad Load)> touched = new(DemandNodes.ByCost.Instance);
        foreach (var load in _touched)
            if (
                nodes.Accepts(load, _nodes[load.Place])
                && NodeRoom.Cost(index, load, _nodes[load.Place], nodes.Needs) is { } cost
            )
                touched.Add((cost, load));
        using var others = nodes.Dear.Where(one => !_nodes.ContainsKey(one.Load.Place)).GetEnumerator();
        var hasOther = others.MoveNext();
        while (left > 0 && (touched.Count > 0 || hasOther))
        {
            var isOther =
                hasOther
                && (touched.Count == 0 || DemandNodes.ByCost.Instance.Compare(others.Current, touched.Min) < 0);
            var (cost, load) = isOther ? others.Current : touched.Min;
            touched.Remove((cost, load));
            Give(index, load, nodes.Needs);
            // What was given back may be room for several.
            left -= Claim(index, nodes, load, left);
            if (
                nodes.Accepts(load, _nodes[load.Place])
                && NodeRoom.Cost(index, load, _nodes[load.Place], nodes.Needs) is { } again
            )
                touched.Add((again, load));
            if (isOther)
                hasOther = others.MoveNext();
        }

        return left;
    }

    private int Claim(CapacityIndex index, DemandNodes nodes, NodeLoad load, int most)
    {
        var claims = _nodes.GetValueOrDefault(load.Place);
        most = Math.Min(most, claims?.MostOf(nodes.Shape) ?? nodes.Shape.MostOnNode);
        var fits = (int)Math.Min(most, NodeRoom.Fits(index, load, claims, nodes.Needs));
        if (fits == 0)
            return 0;
        claims ??= Touch(load);
        claims.Claimed.Add(nodes.Shape.Requests, fits);
        if (nodes.Shape.Apart is { } apart)
            claims.Apart.Add(apart);
        return fits;
    }

    private void Give(CapacityIndex index, NodeLoad load, DemandNeeds needs)
    {
        var claims = _nodes.GetValueOrDefault(load.Place) ?? Touch(load);
        var given = NodeRoom.Victims(index, load, claims, needs, _freed, out var holders);
        for (var i = 0; i < given?.Length; i++)
        {
            if (given[i] == 0)
                continue;
            var who = holders[i].Who;
            var before = claims.GivenBy(who);
            claims.Given[who] = before + given[i];
            if (!_freed.TryGetValue(who, out var freed))
                _freed[who] = freed = new ResourceSums();
            var own = who.On(load.Place)!;
            for (var id = 0; id < own.Stays.Count; id++)
            {
                var more = own.Part(id, before + given[i]) - own.Part(id, before);
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
