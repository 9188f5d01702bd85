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
    private readonly Dictionary<(string, string), (PodFacts Pod, DemandShape? Shape)> _waiting = [];
    private readonly RepelTerms _repelTerms = new();
    private readonly DemandPlanner _planner;

    /// <param name="resources">Numbers the resources; shared with the code that makes amounts.</param>
    public CapacityIndex(ResourceTable resources) => (Resources, _planner) = (resources, new DemandPlanner(this));

    /// <summary>Numbers the resources.</summary>
    public ResourceTable Resources { get; }

    internal IReadOnlyList<NodeLoad?> Nodes => _nodes;

    /// <summary>All that give back, by name.</summary>
    internal Harvester[] Harvesters { get; private set; } = [];

    /// <summary>For one question at a time.</summary>
    internal GiveBack GiveBack { get; } = new();

    internal bool HasSeveralHarvesters => _harvesters.Count > 1;

    /// <summary>Where pending pods would go, as of now.</summary>
    internal DemandPlan Plan => _planner.Plan(_demand);

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
    /// <returns>What is kept of it: the instance before where both say the same; null: nothing.</returns>
    public PodFacts? Change(PodFacts? before, PodFacts? after)
    {
        if (before is not null && after is not null && before.SaysTheSame(after))
            return before;
        if (before is not null)
            Put(before, -1);
        if (after is not null)
            Put(after, 1);
        return after;
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
        if (query.Replica is { } replica)
            CountTerms(replica, 1);
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
        if (!_rooms.Remove(room))
            return;
        if (room.Question.Replica is { } replica)
            CountTerms(replica, -1);
        if (--room.Own.Rooms > 0)
            return;
        _watched.Remove(room.Own);
        SortDemand();
        if (_harvesters.Remove(room.Own.Workload))
        {
            Harvesters = [.. _harvesters.Values];
            foreach (var (place, own) in room.Own.Own)
                Note(_nodes[place]!, own, -1);
        }

        _planner.Forget();
        Touch();
    }

    /// <summary>Pending pods that no room is made for, at most 20 of them, and how many more there are.</summary>
    public (IReadOnlyList<UnmetDemand> First, int More) Unmet()
    {
        List<UnmetDemand> first = [];
        var count = 0;
        foreach (var (pod, _, why) in Pending())
            if (why is not null && ++count <= MostTold)
                first.Add(new UnmetDemand($"{pod.Namespace}/{pod.Name}", why));
        return (first, count - first.Count);
    }

    /// <summary>Pods that are demand and where each could go, at most 20 of them, and how many more there are.</summary>
    public (IReadOnlyList<WaitingPod> First, int More) Waiting()
    {
        var (shapes, count) = (_planner.Nodes(_demand), 0);
        List<WaitingPod> first = [];
        foreach (var (pod, shape, why) in Pending())
            if (why is null && ++count <= MostTold)
                first.Add(shapes[shape!.Value].Told($"{pod.Namespace}/{pod.Name}"));
        return (first, count - first.Count);
    }

    // All that wait but harvesters' own, and why no room is made for some. Of pods that are alike the first are those.
    private IEnumerable<(PodFacts Pod, DemandShape? Shape, string? Why)> Pending()
    {
        var left = Plan.Unmet.ToDictionary(unmet => unmet.Nodes.Shape, unmet => (unmet.Nodes.Why, unmet.Count));
        foreach (var (pod, demanded) in _waiting.Values)
            if (demanded is not { } shape)
            {
                if (pod.NotDemand is { } why && !IsHarvest(pod))
                    yield return (pod, null, why);
            }
            else if (left.GetValueOrDefault(shape) is (var unmet, > 0 and var count))
            {
                left[shape] = (unmet, count - 1);
                yield return (pod, shape, unmet);
            }
            else
                yield return (pod, shape, null);
    }

    /// <summary>What would be given back for one more pod, behind all that wait. Costs a look at every node.</summary>
    /// <param name="requests">What it asks for, without the pod itself.</param>
    public WhatIf Imagine(Amounts requests)
    {
        ArgumentNullException.ThrowIfNull(requests);
        return _planner.Imagine(
            _demand,
            new DemandShape(Placement.Anywhere, requests.With(Resources.Pods, 1), int.MinValue)
        );
    }

    internal NodeLoad? Find(string name) => _byName.GetValueOrDefault(name);

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
        Harvesters = [.. _harvesters.Values];
        foreach (var (place, own) in made.Own)
            Note(_nodes[place]!, own, 1);
        _planner.Forget();
        return made;
    }

    private void NodeChanged(NodeLoad load)
    {
        _planner.NodeChanged(load);
        foreach (var room in _rooms)
            room.NodeChanged(load);
        Touch();
    }

    private void Put(PodFacts pod, int sign)
    {
        var load = pod.Node is null ? null : LoadOf(pod.Node);
        if (sign > 0)
            CountTerms(pod, sign);
        if (load is null)
            PutPending(pod, sign);
        else
        {
            load.Repelling += pod.Repels.Count > 0 ? sign : 0;
            if (sign > 0)
                load.Pods.Add(pod);
            else
                load.Remove(pod);
            load.Requested.Add(pod.Requests, sign);
        }

        foreach (var who in _watched)
        {
            if (!who.Owns(pod))
                continue;
            var priority = who.Priority;
            who.Change(pod, load?.Place, sign);
            if (who.Workload.Length == 0)
                continue;
            if (who.Priority != priority)
                _planner.Forget();
            if (load is null)
                continue;
            (pod.Ending ? load.Leaving : load.Harvested).Add(pod.Requests, sign);
            load.HarvestPods += pod.Ending ? 0 : sign;
            // Who holds most gives first, wherever it is.
            if (HasSeveralHarvesters)
                _planner.HoldsChanged();
        }

        if (load is not null)
            _planner.PodChanged(load, pod, sign);
        if (sign < 0)
            CountTerms(pod, sign);

        foreach (var room in _rooms)
            room.Changed(load, pod, sign);
        Touch();
        if (load is not null)
            Tidy(load);
    }

    private void PutPending(PodFacts pod, int sign)
    {
        if (sign > 0)
            _waiting[(pod.Namespace, pod.Name)] = (pod, Demanded(pod));
        else if (_waiting.Remove((pod.Namespace, pod.Name), out var known) && known.Shape is { } shape)
            CountDemand(shape, -1);
    }

    // Counts it; null: it is no demand.
    private DemandShape? Demanded(PodFacts pod)
    {
        if (pod.NotDemand is not null || IsHarvest(pod))
            return null;
        var shape = DemandShape.Of(pod, _repelTerms);
        CountDemand(shape, 1);
        return shape;
    }

    // Whom a new term selects, or one that nobody has any more, is told from others by other words.
    private void CountTerms(PodFacts pod, int sign)
    {
        if (pod.Repels.Count == 0 && (pod.RepelsInDomain.Count == 0 || pod.Node is null))
            return;
        var domains = pod.Node is null ? [] : pod.RepelsInDomain.Select(term => term.Pods);
        foreach (var term in pod.Repels.Concat(domains))
        {
            var again = _repelTerms.Matters(term, sign)
                ? _waiting.Where(one => one.Value.Shape is not null && term.Selects(one.Value.Pod)).ToList()
                : [];
            foreach (var (_, one) in again)
                CountDemand(one.Shape!.Value, -1);
            _repelTerms.Change(term, sign);
            foreach (var (key, one) in again)
                _waiting[key] = (one.Pod, Demanded(one.Pod));
        }
    }

    // Whose pods are demand changes with who is asked about.
    private void SortDemand()
    {
        _demand.Clear();
        _planner.Forget();
        foreach (var (key, one) in _waiting.ToList())
            _waiting[key] = (one.Pod, Demanded(one.Pod));
    }

    private void CountDemand(DemandShape shape, int sign)
    {
        var count = _demand.GetValueOrDefault(shape) + sign;
        if (count == 0)
            _demand.Remove(shape);
        else
            _demand[shape] = count;
        _planner.DemandChanged();
    }

    /// <summary>Whether somebody who is asked about owns it.</summary>
    internal bool IsHarvest(PodFacts pod) => HarvesterOf(pod) is not null;

    /// <summary>Who is asked about and owns it; null: nobody.</summary>
    internal Harvester? HarvesterOf(PodFacts pod)
    {
        foreach (var who in _watched)
            if (who.Owns(pod))
                return who;
        return null;
    }

    // Where somebody waits, or several share, what happens on one node may move what is given back on another.
    private void Touch()
    {
        if (_demand.Count > 0 || _planner.HasClaims || HasSeveralHarvesters)
            foreach (var room in _rooms)
                room.Touch();
    }

    private static void Note(NodeLoad load, OwnLoad own, int sign)
    {
        load.Harvested.Add(own.Stays, sign);
        load.HarvestPods += sign * own.Count;
        load.Leaving.Add(own.Held, sign);
        load.Leaving.Add(own.Stays, -sign);
    }

    private void Tidy(NodeLoad load)
    {
        if (load.Facts is not null || load.Pods.Count > 0)
            return;
        _byName.Remove(load.Name);
        _nodes[load.Place] = null;
        _freePlaces.Push(load.Place);
        foreach (var room in _rooms)
            room.NodeGone(load.Place);
    }
}
