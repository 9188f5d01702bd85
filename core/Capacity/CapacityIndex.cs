namespace Ebb.Core.Capacity;

/// <summary>
/// All nodes and what pods take of them, kept up pod by pod, and the rooms that are asked about, each kept up with it:
/// a pod's coming or going touches one node of each room, and an answer is read off sums. Not safe from several
/// threads.
/// </summary>
public sealed class CapacityIndex
{
    private readonly Dictionary<string, NodeLoad> _byName = new(StringComparer.Ordinal);
    private readonly List<NodeLoad?> _nodes = [];
    private readonly Stack<int> _freePlaces = new();
    private readonly List<FreeCapacity> _rooms = [];
    private readonly Dictionary<(Placement, Amounts), int> _pending = [];

    /// <param name="resources">Numbers the resources; shared with the code that makes amounts.</param>
    public CapacityIndex(ResourceTable resources) => Resources = resources;

    /// <summary>Numbers the resources.</summary>
    public ResourceTable Resources { get; }

    internal IReadOnlyList<NodeLoad?> Nodes => _nodes;

    internal IReadOnlyDictionary<(Placement, Amounts), int> Pending => _pending;

    /// <summary>A node came or changed.</summary>
    public void Set(NodeFacts node)
    {
        ArgumentNullException.ThrowIfNull(node);
        var load = LoadOf(node.Name);
        // Most updates of nodes are heartbeats.
        if (load.Facts?.SaysTheSame(node) == true)
            return;
        load.Facts = node;
        foreach (var room in _rooms)
            room.NodeChanged(load);
    }

    /// <summary>A node went; its pods follow by themselves.</summary>
    public void RemoveNode(string name)
    {
        if (!_byName.TryGetValue(name, out var load))
            return;
        load.Facts = null;
        foreach (var room in _rooms)
            room.NodeChanged(load);
        Tidy(load);
    }

    /// <summary>A pod came (before is null), changed, or went or is done (after is null).</summary>
    public void Change(PodFacts? before, PodFacts? after)
    {
        if (
            before is not null
            && after is not null
            && before.Node == after.Node
            && before.Requests.Equals(after.Requests)
            && (before.Node is not null || before.Placement.Equals(after.Placement))
            && (
                ReferenceEquals(before.Labels, after.Labels)
                || (
                    before.Labels.Count == after.Labels.Count
                    && before.Labels.All(pair =>
                        after.Labels.TryGetValue(pair.Key, out var value) && value == pair.Value
                    )
                )
            )
        )
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
        var room = new FreeCapacity(this, query);
        foreach (var pod in pods)
            if (query.Owns(pod))
                room.OwnChanged(pod, 1);
        foreach (var load in _nodes)
            if (load is not null)
                room.Refresh(load);
        room.PendingChanged();
        _rooms.Add(room);
        return room;
    }

    /// <summary>Nobody asks about it any more.</summary>
    public void Close(FreeCapacity room) => _rooms.Remove(room);

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

    private void Put(PodFacts pod, int sign)
    {
        if (pod.Node is null)
        {
            var key = (pod.Placement, pod.Requests);
            var count = _pending.GetValueOrDefault(key) + sign;
            if (count == 0)
                _pending.Remove(key);
            else
                _pending[key] = count;
            foreach (var room in _rooms)
                room.PendingChanged(pod, sign);
            return;
        }

        var load = LoadOf(pod.Node);
        load.Pods += sign;
        load.Add(pod.Requests, sign);
        foreach (var room in _rooms)
            room.LoadChanged(load, pod, sign);
        Tidy(load);
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

/// <summary>One node: what is known of it and what its pods take.</summary>
internal sealed class NodeLoad(string name, int place)
{
    private long[] _requested = [];

    public string Name { get; } = name;

    public int Place { get; } = place;

    /// <summary>Null: pods name a node that is not known.</summary>
    public NodeFacts? Facts { get; set; }

    public int Pods { get; set; }

    public long Requested(int resource) => resource < _requested.Length ? _requested[resource] : 0;

    public void Add(Amounts amounts, int sign)
    {
        for (var i = 0; i < amounts.Count; i++)
        {
            var (id, value) = amounts[i];
            if (id >= _requested.Length)
                Array.Resize(ref _requested, id + 1);
            _requested[id] += sign * Math.Min(value, FreeCapacity.Most);
        }
    }
}
