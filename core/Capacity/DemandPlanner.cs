namespace Ebb.Core.Capacity;

/// <summary>
/// Keeps the plan up with what happens: an event makes a note of its node, and the next answer looks at those nodes
/// alone. While none of them is in the plan or would be, the plan stands.
/// </summary>
internal sealed class DemandPlanner(CapacityIndex index)
{
    // Shapes come again; those of which nobody waits cost a look at each node that changes.
    private const int MostIdle = 8;
    private readonly Dictionary<DemandShape, DemandNodes> _shapes = [];

    // Those to whom other pods matter.
    private readonly List<DemandNodes> _ruled = [];
    private readonly List<NodeLoad> _dirty = [];
    private Dictionary<int, long>? _largest;
    private DemandPlan? _plan;

    /// <summary>The last plan took something of some node.</summary>
    public bool HasClaims { get; private set; }

    /// <summary>The plan as of now.</summary>
    /// <param name="demand">Who waits, and how many.</param>
    public DemandPlan Plan(IReadOnlyDictionary<DemandShape, int> demand)
    {
        foreach (var load in _dirty)
        {
            load.IsDirty = false;
            // The place of one that is gone may be another's.
            if (load.Facts is null)
                continue;
            foreach (var nodes in _shapes.Values)
                if (nodes.Refresh(load))
                    _plan = null;
            if (_plan?.Nodes.ContainsKey(load.Place) == true)
                _plan = null;
        }

        _dirty.Clear();
        _plan ??= demand.Count == 0 ? DemandPlan.Empty : DemandPlan.Of(Ordered(demand));
        HasClaims = _plan.Nodes.Count > 0;
        return _plan;
    }

    /// <summary>The nodes of each shape as of now.</summary>
    public IReadOnlyDictionary<DemandShape, DemandNodes> Nodes(IReadOnlyDictionary<DemandShape, int> demand)
    {
        _ = Plan(demand);
        return _shapes;
    }

    /// <summary>What one more pod would change, the last in the queue.</summary>
    public WhatIf Imagine(IReadOnlyDictionary<DemandShape, int> demand, DemandShape shape)
    {
        var before = Plan(demand);
        var after = DemandPlan.Of(Ordered(demand).Append((new DemandNodes(index, shape), 1)));
        return WhatIf.Between(index, before, after, shape);
    }

    /// <summary>What a node is or has changed.</summary>
    public void NodeChanged(NodeLoad load)
    {
        (_plan, _largest) = (null, null);
        foreach (var nodes in _shapes.Values)
            nodes.NodeChanged(load);
    }

    /// <summary>A pod came to a node or went.</summary>
    public void PodChanged(NodeLoad load, PodFacts pod, int sign)
    {
        if (pod.RepelsInDomain.Count > 0)
            foreach (var nodes in _ruled)
                if (nodes.DomainChanged(load, pod, sign))
                    _plan = null;
        if (load.IsDirty || _shapes.Count == 0)
            return;
        load.IsDirty = true;
        _dirty.Add(load);
    }

    /// <summary>Who waits changed.</summary>
    public void DemandChanged() => _plan = null;

    /// <summary>What harvesters hold altogether changed.</summary>
    public void HoldsChanged()
    {
        if (_plan is { Gives: true })
            _plan = null;
    }

    /// <summary>Who gives back, or in which order, changed.</summary>
    public void Forget()
    {
        _plan = null;
        _shapes.Clear();
        _ruled.Clear();
    }

    // As the scheduler's queue, by priority; then the largest, for which there is the least choice.
    private IEnumerable<(DemandNodes Nodes, int Count)> Ordered(IReadOnlyDictionary<DemandShape, int> demand)
    {
        if (_shapes.Count > demand.Count + MostIdle)
            foreach (var idle in _shapes.Keys.Where(shape => !demand.ContainsKey(shape)).ToList())
            {
                _shapes.Remove(idle, out var nodes);
                _ruled.Remove(nodes!);
            }
        List<(DemandNodes Nodes, int Count)> queue = [];
        foreach (var (shape, count) in demand)
        {
            if (!_shapes.TryGetValue(shape, out var nodes))
            {
                _shapes[shape] = nodes = new DemandNodes(index, shape);
                if (shape.Neighbours is not null)
                    _ruled.Add(nodes);
            }
            queue.Add((nodes, count));
        }

        return queue.Count == 1
            ? queue
            : queue
                .OrderByDescending(one => one.Nodes.Shape.Priority)
                .ThenByDescending(one => Share(one.Nodes.Shape.Requests))
                .ThenBy(one => one.Nodes.Words, StringComparer.Ordinal);
    }

    private double Share(Amounts requests)
    {
        var largest = _largest ??= Largest();
        return requests.Pairs().Max(pair => (double)pair.Value / largest.GetValueOrDefault(pair.Id, 1));
    }

    private Dictionary<int, long> Largest()
    {
        Dictionary<int, long> largest = [];
        foreach (var load in index.Nodes)
        foreach (var (id, value) in load?.Facts?.Allocatable.Pairs() ?? [])
            largest[id] = Math.Max(largest.GetValueOrDefault(id), value);
        return largest;
    }
}
