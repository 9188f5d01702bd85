namespace Ebb.Core.Capacity;

/// <summary>
/// All nodes and what pods take of them, kept up pod by pod, and the rooms that are asked about, each kept up with it:
/// a pod's coming or going touches one node of each room, and an answer is read off sums. Not safe from several
/// threads.
/// </summary>
public sealed class CapacityIndex
{
    private const int MostTold = 20;
    private readonly Dictionary<string, NodeLoad> _byName = new(StringComparer.Ordinal);
    private readonly List<NodeLoad?> _nodes = [];
    private readonly Stack<int> _freePlaces = new();
    private readonly List<FreeCapacity> _rooms = [];
    private readonly SortedDictionary<string, Harvester> _harvesters = new(StringComparer.Ordinal);
    private readonly List<Harvester> _watched = [];
    private readonly Dictionary<DemandShape, int> _demand = [];
    private readonly Dictionary<(string, string), PodFacts> _waiting = [];
    private readonly Dictionary<Placement, NodeLoad[]> _accepting = [];
    private DemandPlan? _plan;

    /// <param name="resources">Numbers the resources; shared with the code that makes amounts.</param>
    public CapacityIndex(ResourceTable resources) => Resources = resources;

    /// <summary>Numbers the resources.</summary>
    public ResourceTable Resources { get; }

    internal IReadOnlyList<NodeLoad?> Nodes => _nodes;

    /// <summary>All that give back, by name.</summary>
    internal IEnumerable<Harvester> Harvesters => _harvesters.Values;

    internal bool HasSeveralHarvesters => _harvesters.Count > 1;

    /// <summary>Where pending pods would go, as of now.</summary>
    internal DemandPlan Plan => _plan ??= _demand.Count == 0 ? DemandPlan.Empty : DemandPlan.Of(this);

    /// <summary>A node came or changed.</summary>
    public void Set(NodeFacts node)
    {
        ArgumentNullException.ThrowIfNull(node);
        var load = LoadOf(node.Name);
        // Most updates of nodes are heartbeats.
        if (load.Facts?.SaysTheSame(node) == true)
            return;
        load.Facts = node;
        NodeChanged(load);
    }

    /// <summary>A node went; its pods follow by themselves.</summary>
    public void RemoveNode(string name)
    {
        if (!_byName.TryGetValue(name, out var load))
            return;
        load.Facts = null;
        NodeChanged(load);
        Tidy(load);
    }

    /// <summary>A pod came (before is null), changed, or went or is done (after is null).</summary>
    public void Change(PodFacts? before, PodFacts? after)
    {
        if (before is not null && after is not null && before.SaysTheSame(after))
            return;
        if (before is not null)
            Put(before, -1);
        if (after is not null)
            Put(after, 1);
    }

    /// <summary>A room to be kept up from now on. Costs a look at every pod given.</summary>
    /// <param name="query">What is asked.</param>
    /// <param name="pods">All pods that the index was told of.</param>
    public FreeCapacity Open(CapacityQuery query, IEnumerable<PodFacts> pods)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(pods);
        var all = pods as IReadOnlyCollection<PodFacts> ?? [.. pods];
        var room = new FreeCapacity(this, query, HarvesterOf(query, all));
        foreach (var pod in all)
            room.OtherChanged(pod, 1);
        _rooms.Add(room);
        room.RefreshAll();
        Touch();
        return room;
    }

    /// <summary>Nobody asks about it any more.</summary>
    public void Close(FreeCapacity room)
    {
        ArgumentNullException.ThrowIfNull(room);
        if (!_rooms.Remove(room) || --room.Own.Rooms > 0)
            return;
        _watched.Remove(room.Own);
        SortDemand();
        if (_harvesters.Remove(room.Own.Workload))
            foreach (var (place, own) in room.Own.Own)
                Note(_nodes[place]!, own, -1);
        Touch();
    }

    /// <summary>Pending pods that no room is made for, at most 20 of them.</summary>
    public IReadOnlyList<UnmetDemand> Unmet()
    {
        var shapes = Plan.Unmet.ToDictionary(unmet => unmet.Shape, unmet => unmet.Nowhere);
        return shapes.Count == 0
            ? []
            :
            [
                .. _waiting
                    .Values.Where(pod => shapes.ContainsKey(DemandShape.Of(pod)) && !IsHarvest(pod))
                    .Take(MostTold)
                    .Select(pod => new UnmetDemand(
                        $"{pod.Namespace}/{pod.Name}",
                        shapes[DemandShape.Of(pod)]
                            ? "fits on no node that it may go to, not even on an empty one"
                            : "fits on no node that it may go to, not even without harvesters"
                    )),
            ];
    }

    /// <summary>Pending pods that are nobody's harvest.</summary>
    internal IEnumerable<(DemandShape Shape, int Count)> Demand() => _demand.Select(pair => (pair.Key, pair.Value));

    /// <summary>Nodes that pods of a placement may go to.</summary>
    internal NodeLoad[] Accepting(Placement placement)
    {
        if (!_accepting.TryGetValue(placement, out var nodes))
            _accepting[placement] = nodes = [
                .. _nodes.OfType<NodeLoad>().Where(load => load.Facts is { } node && placement.Refusal(node) is null),
            ];
        return nodes;
    }

    internal NodeLoad LoadOf(string name)
    {
        if (_byName.TryGetValue(name, out var load))
            return load;
        var place = _freePlaces.Count > 0 ? _freePlaces.Pop() : _nodes.Count;
        load = new NodeLoad(name, place);
        if (place == _nodes.Count)
            _nodes.Add(load);
        else
            _nodes[place] = load;
        return _byName[name] = load;
    }

    // Two triggers of one workload share what is known of its pods; who only looks has it alone.
    private Harvester HarvesterOf(CapacityQuery query, IReadOnlyCollection<PodFacts> pods)
    {
        if (query.Workload.Length > 0 && _harvesters.TryGetValue(query.Workload, out var known))
        {
            known.Rooms++;
            return known;
        }

        var made = new Harvester(query.Workload, query.Owns) { Rooms = 1 };
        _watched.Add(made);
        foreach (var pod in pods)
            if (made.Owns(pod))
                made.Change(pod, pod.Node is null ? null : LoadOf(pod.Node).Place, 1);
        SortDemand();
        if (query.Workload.Length == 0)
            return made;
        _harvesters.Add(query.Workload, made);
        foreach (var (place, own) in made.Own)
            Note(_nodes[place]!, own, 1);
        return made;
    }

    private void NodeChanged(NodeLoad load)
    {
        _accepting.Clear();
        foreach (var room in _rooms)
            room.Refresh(load);
        Touch();
    }

    private void Put(PodFacts pod, int sign)
    {
        var load = pod.Node is null ? null : LoadOf(pod.Node);
        if (load is null)
            PutPending(pod, sign);
        else
        {
            load.Pods += sign;
            load.Requested.Add(pod.Requests, sign);
        }

        foreach (var who in _watched)
        {
            if (!who.Owns(pod))
                continue;
            who.Change(pod, load?.Place, sign);
            if (load is not null && who.Workload.Length > 0)
                (pod.Ending ? load.Leaving : load.Harvested).Add(pod.Requests, sign);
        }

        foreach (var room in _rooms)
            room.Changed(load, pod, sign);
        Touch();
        if (load is not null)
            Tidy(load);
    }

    private void PutPending(PodFacts pod, int sign)
    {
        if (sign > 0)
            _waiting[(pod.Namespace, pod.Name)] = pod;
        else
            _waiting.Remove((pod.Namespace, pod.Name));
        if (!IsHarvest(pod))
            CountDemand(pod, sign);
    }

    // Whose pods are demand changes with who is asked about.
    private void SortDemand()
    {
        _demand.Clear();
        foreach (var pod in _waiting.Values)
            if (!IsHarvest(pod))
                CountDemand(pod, 1);
    }

    private void CountDemand(PodFacts pod, int sign)
    {
        var shape = DemandShape.Of(pod);
        var count = _demand.GetValueOrDefault(shape) + sign;
        if (count == 0)
            _demand.Remove(shape);
        else
            _demand[shape] = count;
    }

    private bool IsHarvest(PodFacts pod)
    {
        foreach (var who in _watched)
            if (who.Owns(pod))
                return true;
        return false;
    }

    // Where somebody waits, or several share, what happens on one node may move what is given back on another.
    private void Touch()
    {
        var moved = _demand.Count > 0 || _plan is { Nodes.Count: > 0 } || HasSeveralHarvesters;
        _plan = null;
        if (moved)
            foreach (var room in _rooms)
                room.Touch();
    }

    private static void Note(NodeLoad load, OwnLoad own, int sign)
    {
        load.Harvested.Add(own.Stays, sign);
        load.Leaving.Add(own.Held, sign);
        load.Leaving.Add(own.Stays, -sign);
    }

    private void Tidy(NodeLoad load)
    {
        if (load.Facts is not null || load.Pods > 0)
            return;
        _byName.Remove(load.Name);
        _nodes[load.Place] = null;
        _freePlaces.Push(load.Place);
        foreach (var room in _rooms)
            room.NodeGone(load.Place);
    }
}
