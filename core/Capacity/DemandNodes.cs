namespace Ebb.Core.Capacity;

/// <summary>
/// The nodes that pods of one shape may go to, in the order in which they are tried while nothing is planned on them.
/// Kept up node by node, so that a plan looks at the few nodes that it takes something of.
/// </summary>
internal sealed class DemandNodes
{
    private const int MostTold = 5;
    private readonly CapacityIndex _index;
    private readonly SortedSet<NodeLoad> _roomy = new(ByName.Instance);
    private readonly SortedSet<(NodeCost Cost, NodeLoad Load)> _dear = new(ByCost.Instance);

    // Harvesters whose pods on a node all go first, since they do not share it with them; most repel none.
    private readonly Dictionary<int, List<Harvester>> _leaving = [];
    private readonly ClosedDomains _closed;
    private NodeState[] _states = [];
    private int _large;

    public DemandNodes(CapacityIndex index, DemandShape shape)
    {
        (_index, Shape, Needs) = (index, shape, new DemandNeeds(index.Resources, shape.Requests));
        Words = $"{Needs.Words} {shape.Placement.Words} {shape.Neighbours?.Words}";
        _closed = new ClosedDomains(index.Nodes, term => shape.Neighbours!.AreSelectedBy(term));
        foreach (var load in index.Nodes)
        {
            if (load is null || shape.Neighbours is null)
                continue;
            foreach (var pod in load.Pods)
                if (pod.RepelsInDomain.Count > 0)
                    _closed.Change(load.Place, pod, 1);
        }

        _ = _closed.Update();
        foreach (var load in index.Nodes)
            if (load is not null)
                NodeChanged(load);
    }

    public DemandShape Shape { get; }

    public DemandNeeds Needs { get; }

    /// <summary>What tells it from others that come at the same time.</summary>
    public string Words { get; }

    /// <summary>Nodes with room for one, by name.</summary>
    public IEnumerable<NodeLoad> Roomy => _roomy;

    /// <summary>Nodes where something would have to be given back, the cheapest first.</summary>
    public IEnumerable<(NodeCost Cost, NodeLoad Load)> Dear => _dear;

    /// <summary>Where one of them could go.</summary>
    public WaitingPod Told(string pod)
    {
        string[] first =
        [
            .. _roomy.Take(MostTold).Select(load => load.Name),
            .. _dear.Take(Math.Max(0, MostTold - _roomy.Count)).Select(one => one.Load.Name),
        ];
        return new WaitingPod(pod, first, _roomy.Count + _dear.Count - first.Length);
    }

    /// <summary>No node could take one even if nobody were on it.</summary>
    public bool Nowhere => _large == 0;

    /// <summary>Why one of them that finds no node is no demand.</summary>
    public string Why =>
        Nowhere ? "fits on no node that it may go to, not even on an empty one"
        : Shape.Neighbours is { AttractThemselves: true } rules && !_index.Nodes.Any(load => IsAttracted(load, rules))
            ? "cannot count: affinity.podAffinity to pods of its own kind, of which none runs"
        : "fits on no node that it may go to, not even without harvesters";

    /// <summary>Whether they may go to a node, by what it is, by who is there, and by who goes there.</summary>
    public bool Accepts(NodeLoad load, NodeClaims claims) =>
        load.Place < _states.Length && _states[load.Place].Open && claims.MostOf(Shape) > 0;

    /// <summary>How many fit into what is free, or will be once what is given back has gone.</summary>
    public long Fits(NodeLoad load, NodeClaims? claims)
    {
        foreach (var who in Leaving(load))
            if ((who.On(load.Place)?.Count ?? 0) > (claims?.GivenBy(who) ?? 0))
                return 0;
        return NodeRoom.Fits(_index, load, claims, Needs);
    }

    /// <summary>What has to be given back for one; null: all would not be enough.</summary>
    public NodeCost? Cost(NodeLoad load, NodeClaims? claims) =>
        NodeRoom.Cost(_index, load, claims, Needs, Leaving(load));

    /// <summary>How many of each holder's pods go for one.</summary>
    public GiveBack? Victims(NodeLoad load, NodeClaims? claims, Dictionary<Harvester, ResourceSums>? freed) =>
        NodeRoom.Victims(_index, load, claims, Needs, Leaving(load), freed);

    /// <summary>What a node is or has changed.</summary>
    public void NodeChanged(NodeLoad load)
    {
        if (load.Place >= _states.Length)
            Array.Resize(ref _states, Math.Max(load.Place + 1, _states.Length * 2));
        // It may take its domain with it, or bring one.
        var others = _closed.Update();
        var accepted = load.Facts is { } node && Shape.Placement.Refusal(node) is null;
        Replace(load, new NodeState(accepted && NodeRoom.FitsEmpty(_index, load, Needs), false, false, null));
        if (others)
            RefreshAll();
        else
            Refresh(load);
    }

    /// <summary>A pod that closes domains to some came to a node or went.</summary>
    /// <returns>Whether other nodes are closed than before.</returns>
    public bool DomainChanged(NodeLoad load, PodFacts pod, int sign)
    {
        _closed.Change(load.Place, pod, sign);
        if (!_closed.Update())
            return false;
        RefreshAll();
        return true;
    }

    /// <summary>Pods on a node changed.</summary>
    /// <returns>Whether the order of nodes is another.</returns>
    public bool Refresh(NodeLoad load)
    {
        if (load.Place >= _states.Length || !_states[load.Place].Large)
            return false;
        var open = IsOpen(load);
        var roomy = open && Fits(load, null) > 0;
        return Replace(
            load,
            _states[load.Place] with
            {
                Open = open,
                Roomy = roomy,
                Cost = !open || roomy ? null : Cost(load, null),
            }
        );
    }

    private void RefreshAll()
    {
        foreach (var load in _index.Nodes)
            if (load is not null)
                Refresh(load);
    }

    private IReadOnlyList<Harvester> Leaving(NodeLoad load) =>
        _leaving.Count > 0 && _leaving.TryGetValue(load.Place, out var leaving) ? leaving : [];

    // Whether who is there lets them go there, once harvesters have gone that do not.
    private bool IsOpen(NodeLoad load)
    {
        if (Shape.Neighbours is not { } rules)
            return true;
        _leaving.Remove(load.Place);
        if (_closed.Hold(load) || (rules.AreAttracted && !IsAttracted(load, rules)))
            return false;
        if (!rules.LookAtAll && load.Repelling == 0)
            return true;
        List<Harvester>? leaving = null;
        foreach (var pod in load.Pods)
        {
            if (!rules.Excludes(pod))
                continue;
            if (_index.HarvesterOf(pod) is not { Workload.Length: > 0 } who)
                return false;
            if (!pod.Ending && leaving?.Contains(who) != true)
                (leaving ??= []).Add(who);
        }

        if (leaving is not null)
            _leaving[load.Place] = leaving;
        return true;
    }

    // A pod that goes is none to be with.
    private bool IsAttracted(NodeLoad? load, NeighbourRules rules)
    {
        foreach (var pod in load?.Pods ?? [])
            if (!pod.Ending && rules.IsAttractedTo(pod) && !_index.IsHarvest(pod))
                return true;
        return false;
    }

    private bool Replace(NodeLoad load, NodeState state)
    {
        ref var known = ref _states[load.Place];
        if (known == state)
            return false;
        if (known.Roomy != state.Roomy)
            _ = state.Roomy ? _roomy.Add(load) : _roomy.Remove(load);
        if (known.Cost is { } before && before != state.Cost)
            _dear.Remove((before, load));
        if (state.Cost is { } after && after != known.Cost)
            _dear.Add((after, load));
        _large += (state.Large ? 1 : 0) - (known.Large ? 1 : 0);
        known = state;
        return true;
    }

    /// <param name="Large">One may go there and would fit if nobody were there.</param>
    /// <param name="Open">Nobody who is there and stays keeps it away.</param>
    /// <param name="Roomy">One fits as it is.</param>
    /// <param name="Cost">What would have to be given back; null: that is not enough, or not needed.</param>
    private readonly record struct NodeState(bool Large, bool Open, bool Roomy, NodeCost? Cost);

    internal sealed class ByName : IComparer<NodeLoad>
    {
        public static readonly ByName Instance = new();

        public int Compare(NodeLoad? x, NodeLoad? y) => string.CompareOrdinal(x!.Name, y!.Name);
    }

    internal sealed class ByCost : IComparer<(NodeCost Cost, NodeLoad Load)>
    {
        public static readonly ByCost Instance = new();

        public int Compare((NodeCost Cost, NodeLoad Load) x, (NodeCost Cost, NodeLoad Load) y) =>
            x.Cost.CompareTo(y.Cost) is not 0 and var order ? order : string.CompareOrdinal(x.Load.Name, y.Load.Name);
    }
}
