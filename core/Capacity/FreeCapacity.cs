namespace Ebb.Core.Capacity;

/// <summary>
/// How many replicas of one workload fit, kept up with the index: node by node, what others request of a node taken
/// from what it can give; then within the whole, from which the reserve is taken too. What pending pods would take of a
/// node is taken from it, and where they find no room replicas are given back.
/// </summary>
public sealed class FreeCapacity
{
    /// <summary>More than one pod takes, 32 TiB; sums of it over 250,000 pods still fit a long.</summary>
    internal const long MostOfPod = 1L << 45;

    /// <summary>More than one node has, 256 TiB; sums of it over 30,000 nodes still fit a long.</summary>
    internal const long MostOfNode = 1L << 48;

    private readonly CapacityIndex _index;
    private readonly RoomNeighbours _neighbours;
    private readonly SpreadDomains? _spread;
    private readonly QuotaRoom _quota;
    private NodePart[] _parts = [];
    private NodePart _sum;
    private Amounts? _largest;
    private Amounts _perReplica;
    private long _ownVersion;
    private (long Version, CapacityFigures Figures)? _last;

    // A plan that stands changes nothing on the nodes that it takes something of, unless all parts are worked out anew.
    private PlannedPart? _planned;
    private int _refreshed;

    internal FreeCapacity(CapacityIndex index, CapacityQuery query, Harvester own)
    {
        (_index, Question, Own) = (index, query, own);
        _neighbours = new RoomNeighbours(query, index.Nodes);
        _spread =
            query.Spread is { } spread && _neighbours.IsScheduled ? new SpreadDomains(spread, query.Placement) : null;
        _quota = new QuotaRoom(query, index.Resources);
        _perReplica = query.PerReplica;
    }

    /// <summary>What is asked.</summary>
    public CapacityQuery Question { get; }

    /// <summary>Grows whenever a number may have changed.</summary>
    public long Version { get; private set; }

    /// <summary>Its own pods.</summary>
    internal Harvester Own { get; }

    /// <summary>The present numbers.</summary>
    public CapacityFigures Numbers
    {
        get
        {
            if (_last is not { } last || last.Version != Version)
                _last = last = (Version, Compute());
            return last.Figures;
        }
    }

    /// <summary>Node by node, in no order.</summary>
    public IEnumerable<NodeCapacity> ByNode()
    {
        foreach (var load in _index.Nodes)
        {
            if (load?.Facts is not { } node)
                continue;
            var claims = _index.Plan.Nodes.GetValueOrDefault(load.Place);
            var part = PartOf(load.Place);
            var refusal = Question.Placement.Refusal(node);
            var fits = (int)(claims is null || part.Nodes == 0 ? part : NodePart.Of(this, load, claims)).Fits;
            yield return new NodeCapacity(
                load.Name,
                refusal,
                node.Allocatable.Of(Question.Resource),
                RequestedByOthers(load, Question.Resource),
                fits
            )
            {
                WhyNot = refusal is null && fits == 0 ? NodePart.Lack(this, load, claims) : null,
                Pending = claims?.Claimed[Question.Resource] ?? 0,
                GivenBack = claims?.GivenBy(Own) ?? 0,
            };
        }
    }

    /// <summary>What a node has of each resource, by name, and what others request of it; unknown: nothing.</summary>
    public IReadOnlyList<ResourceOnNode> ResourcesOn(string node) =>
        _index.Find(node) is { Facts: { } facts } load
            ?
            [
                .. facts
                    .Allocatable.Pairs()
                    .Select(pair => new ResourceOnNode(
                        _index.Resources[pair.Id],
                        pair.Value,
                        RequestedByOthers(load, pair.Id)
                    ))
                    .OrderBy(one => one.Resource, StringComparer.Ordinal),
            ]
            : [];

    private long RequestedByOthers(NodeLoad load, int id) => load.Requested[id] - (Own.On(load.Place)?.Held[id] ?? 0);

    /// <summary>What a new replica takes.</summary>
    internal Amounts Replica => _perReplica;

    internal CapacityIndex Index => _index;

    internal RoomNeighbours Neighbours => _neighbours;

    internal bool IsSpread => _spread is not null;

    internal bool IsEligible(int place) => PartOf(place).Nodes > 0;

    internal void Touch() => Version++;

    internal void NodeGone(int place)
    {
        if (place < _parts.Length)
            Replace(place, default);
        Own.Forget(place);
        _neighbours.Forget(place);
    }

    /// <summary>A pod came or went; the harvesters know already.</summary>
    internal void Changed(NodeLoad? load, PodFacts pod, int sign)
    {
        OtherChanged(pod, sign);
        if (
            (!Question.IsFixed && !ReferenceEquals(Own.Largest, _largest))
            || (pod.RepelsInDomain.Count > 0 && _neighbours.UpdateDomains())
        )
        {
            RefreshAll();
            return;
        }

        if (load is not null && IsEligible(load.Place))
            Replace(load.Place, NodePart.Of(this, load, null));
        // What its own pods hold counts on every node.
        else if (Own.Version != _ownVersion)
            Version++;
        _ownVersion = Own.Version;
    }

    internal void OtherChanged(PodFacts pod, int sign)
    {
        if (_quota.Change(pod, Own, sign))
            Version++;
        if (pod.Node is not null && _neighbours.Concern(pod) && !Own.Owns(pod))
        {
            var place = _index.LoadOf(pod.Node).Place;
            var before = _neighbours.CountedOn(place);
            _neighbours.Change(place, pod, sign);
            _spread?.Add(place, new SpreadDomain(_neighbours.CountedOn(place) - before, 0, 0));
        }
    }

    internal void NodeChanged(NodeLoad load)
    {
        // It may take its domain with it, or bring one.
        if (_neighbours.UpdateDomains())
            RefreshAll();
        else
            Refresh(load);
    }

    internal void RefreshAll()
    {
        _refreshed++;
        _ = _neighbours.UpdateDomains();
        _largest = Own.Largest;
        _perReplica = Question.IsFixed || _largest is null ? Question.PerReplica : _largest;
        foreach (var load in _index.Nodes)
            if (load is not null)
                Refresh(load);
    }

    internal void Refresh(NodeLoad load)
    {
        _spread?.Move(load, SpreadDomain.Of(PartOf(load.Place), 1, _neighbours.CountedOn(load.Place)));
        Replace(
            load.Place,
            load.Facts is { } node && Question.Placement.Refusal(node) is null ? NodePart.Of(this, load, null) : default
        );
    }

    internal NodePart PartOf(int place) => place < _parts.Length ? _parts[place] : default;

    private CapacityFigures Compute()
    {
        var plan = _index.Plan;
        if (_planned is not { } planned || planned.Of != plan || planned.Refreshed != _refreshed)
            _planned = planned = PlannedPart.In(this, plan, _refreshed);
        var (sum, pending, given) = (_sum + planned.Sum, planned.Pending, planned.Given);
        var reserve = Question.Reserve.Of(_sum.Allocatable);
        var one = _perReplica.Of(Question.Resource);
        var fits = _spread?.Fits(planned.Domains) ?? sum.Fits;
        var rest = sum.Free - reserve;
        fits = Math.Min(
            fits,
            one > 0 ? InAll(sum, rest, one)
                : rest > 0 ? fits
                : 0
        );
        // Room elsewhere does not free the node that a pending pod needs.
        if (given > 0)
            fits = Math.Min(fits, sum.Present);
        var quota = _quota.Most(_perReplica);
        if (quota is { } allowed && allowed.Most < fits)
            fits = allowed.Most;
        else
            quota = null;
        return new CapacityFigures(
            _sum.Nodes,
            _sum.Allocatable,
            Amounts.Plus(_sum.Requested, pending),
            pending,
            reserve,
            Math.Max(0, rest),
            (int)Math.Clamp(fits, 0, int.MaxValue)
        )
        {
            Held = Question.IsFixed ? Own.Placed * one : Own.Held[Question.Resource],
            PerReplica = one,
            IsMeasured = !Question.IsFixed && _largest is not null,
            GivenBack = given,
            IsClearing = planned.IsClearing,
            Quota = quota?.Quota,
        };
    }

    private long InAll(NodePart sum, long rest, long one)
    {
        var spare = rest - sum.Held;
        return spare >= 0 ? sum.Present + (spare / one) : sum.Present - SharedLack.Of(this, -spare, one);
    }

    private void Replace(int place, NodePart part)
    {
        if (place >= _parts.Length)
            Array.Resize(ref _parts, Math.Max(place + 1, _parts.Length * 2));
        _spread?.Add(place, SpreadDomain.Of(part) - SpreadDomain.Of(_parts[place]));
        _sum += part - _parts[place];
        _parts[place] = part;
        Version++;
    }
}
