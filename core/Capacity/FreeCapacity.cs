namespace Ebb.Core.Capacity;

/// <summary>
/// How many replicas of one workload fit, kept up with the index: node by node, what others request of a node taken
/// from what it can give; then within the whole, from which demand that is not on a node yet and the reserve are taken
/// too.
/// </summary>
public sealed class FreeCapacity
{
    /// <summary>More of anything than there is; sums of it over all pods of a cluster still fit a long.</summary>
    internal const long Most = long.MaxValue / (1L << 22);

    private readonly CapacityIndex _index;
    private readonly Dictionary<int, long[]> _own = [];
    private readonly Dictionary<(Placement, Amounts), int> _ownPending = [];
    private readonly Dictionary<Placement, bool> _overlaps = [];
    private Part[] _parts = [];
    private int _eligible;
    private long _allocatable;
    private long _requested;
    private long _free;
    private long _fits;
    private long _pending;

    internal FreeCapacity(CapacityIndex index, CapacityQuery query) => (_index, Question) = (index, query);

    /// <summary>What is asked.</summary>
    public CapacityQuery Question { get; }

    /// <summary>Grows whenever a number may have changed.</summary>
    public long Version { get; private set; }

    /// <summary>The present numbers.</summary>
    public CapacityFigures Numbers
    {
        get
        {
            var reserve = Question.Reserve.Of(_allocatable);
            var remaining = Math.Max(0, _free - _pending - reserve);
            var one = Question.PerReplica.Of(Question.Resource);
            var fits =
                one > 0 ? Math.Min(_fits, remaining / one)
                : remaining > 0 ? _fits
                : 0;
            return new CapacityFigures(
                _eligible,
                _allocatable,
                Amounts.Plus(_requested, _pending),
                _pending,
                reserve,
                remaining,
                (int)Math.Min(fits, int.MaxValue)
            );
        }
    }

    /// <summary>Node by node, in no order.</summary>
    public IEnumerable<NodeCapacity> ByNode()
    {
        foreach (var load in _index.Nodes)
        {
            if (load?.Facts is not { } node)
                continue;
            var part = PartOf(load.Place);
            yield return new NodeCapacity(
                load.Name,
                Question.Placement.Refusal(node),
                node.Allocatable.Of(Question.Resource),
                OthersOn(load, Question.Resource),
                part.Fits
            );
        }
    }

    internal void NodeChanged(NodeLoad load)
    {
        Refresh(load);
        PendingChanged();
    }

    internal void Refresh(NodeLoad load) =>
        Refresh(load, load.Facts is { } node && Question.Placement.Refusal(node) is null);

    internal void NodeGone(int place)
    {
        if (place < _parts.Length)
            Replace(place, default);
        _own.Remove(place);
    }

    internal void LoadChanged(NodeLoad load, PodFacts pod, int sign)
    {
        if (Question.Owns(pod))
            OwnChanged(pod, sign);
        var eligible = PartOf(load.Place).Eligible;
        if (eligible)
            Refresh(load, eligible);
    }

    internal void OwnChanged(PodFacts pod, int sign)
    {
        if (pod.Node is null)
        {
            var key = (pod.Placement, pod.Requests);
            var count = _ownPending.GetValueOrDefault(key) + sign;
            if (count == 0)
                _ownPending.Remove(key);
            else
                _ownPending[key] = count;
            return;
        }

        var place = _index.LoadOf(pod.Node).Place;
        if (!_own.TryGetValue(place, out var own))
            _own[place] = own = [];
        for (var i = 0; i < pod.Requests.Count; i++)
        {
            var (id, value) = pod.Requests[i];
            if (id >= own.Length)
                Array.Resize(ref own, id + 1);
            own[id] += sign * Math.Min(value, Most);
        }

        _own[place] = own;
        if (sign < 0 && own.All(value => value == 0))
            _own.Remove(place);
    }

    internal void PendingChanged(PodFacts pod, int sign)
    {
        if (Question.Owns(pod))
            OwnChanged(pod, sign);
        else
            _pending += sign * DemandOf(pod);
        Version++;
    }

    /// <summary>All pending demand anew, since other nodes may take it.</summary>
    internal void PendingChanged()
    {
        _overlaps.Clear();
        _pending = 0;
        foreach (var ((placement, requests), count) in _index.Pending)
        {
            var others = count - _ownPending.GetValueOrDefault((placement, requests));
            if (others > 0 && Overlaps(placement))
                _pending = Amounts.Plus(
                    _pending,
                    Math.Min(Most, others * Math.Min(requests.Of(Question.Resource), Most / Math.Max(1, others)))
                );
        }

        Version++;
    }

    private long DemandOf(PodFacts pod) =>
        Overlaps(pod.Placement) ? Math.Min(pod.Requests.Of(Question.Resource), Most) : 0;

    /// <summary>Whether a pod that may go there could go to one of this room's nodes.</summary>
    private bool Overlaps(Placement placement)
    {
        if (_overlaps.TryGetValue(placement, out var known))
            return known;
        var overlaps =
            placement.Equals(Question.Placement)
            || _index.Nodes.Any(load =>
                load?.Facts is { } node && PartOf(load.Place).Eligible && placement.Refusal(node) is null
            );
        return _overlaps[placement] = overlaps;
    }

    private void Refresh(NodeLoad load, bool eligible)
    {
        if (!eligible)
        {
            Replace(load.Place, default);
            return;
        }

        var node = load.Facts!;
        var allocatable = Math.Min(node.Allocatable.Of(Question.Resource), Most);
        var others = OthersOn(load, Question.Resource);
        Replace(load.Place, new Part(true, allocatable, others, Math.Max(0, allocatable - others), FitsOn(load, node)));
    }

    private int FitsOn(NodeLoad load, NodeFacts node)
    {
        var fits = long.MaxValue;
        var replica = Question.PerReplica;
        for (var i = 0; i < replica.Count; i++)
        {
            var (id, one) = replica[i];
            fits = Math.Min(fits, Math.Max(0, Math.Min(node.Allocatable.Of(id), Most) - OthersOn(load, id)) / one);
        }

        return (int)Math.Min(fits, int.MaxValue);
    }

    private long OthersOn(NodeLoad load, int resource) =>
        load.Requested(resource)
        - (_own.TryGetValue(load.Place, out var own) && resource < own.Length ? own[resource] : 0);

    private Part PartOf(int place) => place < _parts.Length ? _parts[place] : default;

    private void Replace(int place, Part part)
    {
        if (place >= _parts.Length)
            Array.Resize(ref _parts, Math.Max(place + 1, _parts.Length * 2));
        ref var old = ref _parts[place];
        _eligible += (part.Eligible ? 1 : 0) - (old.Eligible ? 1 : 0);
        _allocatable += part.Allocatable - old.Allocatable;
        _requested += part.Requested - old.Requested;
        _free += part.Free - old.Free;
        _fits += part.Fits - old.Fits;
        old = part;
        Version++;
    }

    private readonly record struct Part(bool Eligible, long Allocatable, long Requested, long Free, int Fits);
}
