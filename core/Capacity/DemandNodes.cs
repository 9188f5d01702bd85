namespace Ebb.Core.Capacity;

/// <summary>
/// The nodes that pods of one shape may go to, in the order in which they are tried while nothing is planned on them.
/// Kept up node by node, so that a plan looks at the few nodes that it takes something of.
/// </summary>
internal sealed class DemandNodes
{
    private readonly CapacityIndex _index;
    private readonly SortedSet<NodeLoad> _roomy = new(ByName.Instance);
    private readonly SortedSet<(NodeCost Cost, NodeLoad Load)> _dear = new(ByCost.Instance);

    // How many pods on a node they do not share it with, without those of harvesters, which give way; most repel none.
    private readonly Dictionary<int, int> _repelling = [];
    private NodeState[] _states = [];
    private int _large;

    public DemandNodes(CapacityIndex index, DemandShape shape)
    {
        (_index, Shape, Needs) = (index, shape, new DemandNeeds(index.Resources, shape.Requests));
        Words = $"{Needs.Words} {shape.Placement.Words} {shape.Apart?.Words}";
        foreach (var load in index.Nodes)
        {
            if (load is null)
                continue;
            if (shape.Apart is not null)
                foreach (var pod in load.Pods)
                    if (!index.IsHarvest(pod))
                        PodChanged(load, pod, 1);
            NodeChanged(load);
        }
    }

    public DemandShape Shape { get; }

    public DemandNeeds Needs { get; }

    /// <summary>What tells it from others that come at the same time.</summary>
    public string Words { get; }

    /// <summary>Nodes with room for one, by name.</summary>
    public IEnumerable<NodeLoad> Roomy => _roomy;

    /// <summary>Nodes where something would have to be given back, the cheapest first.</summary>
    public IEnumerable<(NodeCost Cost, NodeLoad Load)> Dear => _dear;

    /// <summary>No node could take one even if nobody were on it.</summary>
    public bool Nowhere => _large == 0;

    /// <summary>Whether they may go to a node, by what it is.</summary>
    public bool Accepts(NodeLoad load) => load.Place < _states.Length && _states[load.Place].Accepted;

    /// <summary>Whether they may go to a node, by what it is, by who is there, and by who goes there.</summary>
    public bool Accepts(NodeLoad load, NodeClaims claims) =>
        Accepts(load) && !_repelling.ContainsKey(load.Place) && claims.MostOf(Shape) > 0;

    /// <summary>What a node is or has changed.</summary>
    public void NodeChanged(NodeLoad load)
    {
        if (load.Place >= _states.Length)
            Array.Resize(ref _states, Math.Max(load.Place + 1, _states.Length * 2));
        var accepted = load.Facts is { } node && Shape.Placement.Refusal(node) is null;
        Replace(load, new NodeState(accepted, accepted && NodeRoom.FitsEmpty(_index, load, Needs), false, null));
        Refresh(load);
    }

    /// <summary>A pod came to a node or went that is no harvester's.</summary>
    public void PodChanged(NodeLoad load, PodFacts pod, int sign)
    {
        if (Shape.Apart?.Excludes(pod) != true)
            return;
        var count = _repelling.GetValueOrDefault(load.Place) + sign;
        if (count == 0)
            _repelling.Remove(load.Place);
        else
            _repelling[load.Place] = count;
    }

    /// <summary>Pods on a node changed.</summary>
    /// <returns>Whether the order of nodes is another.</returns>
    public bool Refresh(NodeLoad load)
    {
        if (!Accepts(load) || !_states[load.Place].Large)
            return false;
        var open = !_repelling.ContainsKey(load.Place);
        var roomy = open && NodeRoom.Fits(_index, load, null, Needs) > 0;
        return Replace(
            load,
            _states[load.Place] with
            {
                Roomy = roomy,
                Cost = !open || roomy ? null : NodeRoom.Cost(_index, load, null, Needs),
            }
        );
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

    /// <param name="Accepted">Pods of the shape may go there.</param>
    /// <param name="Large">One would fit if nobody were there.</param>
    /// <param name="Roomy">One fits as it is.</param>
    /// <param name="Cost">What would have to be given back; null: that is not enough, or not needed.</param>
    private readonly record struct NodeState(bool Accepted, bool Large, bool Roomy, NodeCost? Cost);

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
