namespace Ebb.Core.Capacity;

/// <summary>A pending pod that nobody makes room for, and why.</summary>
/// <param name="Pod">Namespace and name.</param>
/// <param name="Why">For people.</param>
public readonly record struct UnmetDemand(string Pod, string Why);

/// <summary>What pending pods take of one node, and what is given back for them there.</summary>
internal sealed class NodeClaims
{
    public ResourceSums Claimed { get; } = new();

    /// <summary>What harvesters give back.</summary>
    public ResourceSums Freed { get; } = new();

    /// <summary>How many pods each gives back.</summary>
    public Dictionary<Harvester, int> Given { get; } = [];

    public int GivenBy(Harvester who) => Given.GetValueOrDefault(who);
}

/// <summary>
/// Where pending pods would go: first where there is room, else on the node where the fewest replicas of the lowest
/// priority make room for it. A pod that no node could take without harvesters is no demand.
/// </summary>
internal sealed class DemandPlan
{
    /// <summary>Nobody waits.</summary>
    public static readonly DemandPlan Empty = new();

    // More pods than this are all the same to whoever sizes a harvester, and each costs a look at some nodes.
    private const int MostPods = 20_000;
    private const int MostTold = 20;

    private readonly Dictionary<int, NodeClaims> _nodes = [];
    private readonly Dictionary<Harvester, int> _given = [];
    private readonly List<(DemandShape Shape, bool Nowhere)> _unmet = [];

    private DemandPlan() { }

    /// <summary>Nodes that pending pods take something of.</summary>
    public IReadOnlyDictionary<int, NodeClaims> Nodes => _nodes;

    /// <summary>Shapes of pods that find no node.</summary>
    public IEnumerable<(DemandShape Shape, bool Nowhere)> Unmet => _unmet.Take(MostTold);

    public static DemandPlan Of(CapacityIndex index)
    {
        var demand = index.Demand().ToList();
        if (demand.Count == 0)
            return Empty;
        var plan = new DemandPlan();
        var most = MostPods;
        foreach (var (shape, count) in Ordered(index, demand))
        {
            plan.Add(index, shape, Math.Min(count, most));
            most -= Math.Min(count, most);
        }

        return plan;
    }

    // As the scheduler's queue, by priority; then the largest, for which there is the least choice.
    private static IEnumerable<(DemandShape Shape, int Count)> Ordered(
        CapacityIndex index,
        List<(DemandShape Shape, int Count)> demand
    )
    {
        if (demand.Count == 1)
            return demand;
        var largest = new Dictionary<int, long>();
        foreach (var load in index.Nodes)
        foreach (var (id, value) in load?.Facts?.Allocatable.Pairs() ?? [])
            largest[id] = Math.Max(largest.GetValueOrDefault(id), value);
        return demand
            .OrderByDescending(one => one.Shape.Priority)
            .ThenByDescending(one =>
                one.Shape.Requests.Pairs().Max(pair => (double)pair.Value / largest.GetValueOrDefault(pair.Id, 1))
            )
            .ThenByDescending(one => one.Count);
    }

    private void Add(CapacityIndex index, DemandShape shape, int count)
    {
        var nodes = index.Accepting(shape.Placement);
        var left = count;
        foreach (var load in nodes)
        {
            if (left == 0)
                return;
            var fits = (int)Math.Min(left, Fits(index, load, shape.Requests, withHarvest: false));
            if (fits > 0)
                Claims(load).Claimed.Add(shape.Requests, fits);
            left -= fits;
        }

        var queue = new PriorityQueue<NodeLoad, (int Priority, int Replicas, int Place)>();
        foreach (var load in nodes)
            if (Cost(index, load, shape.Requests) is { } cost)
                queue.Enqueue(load, cost);
        while (left > 0 && queue.TryDequeue(out var load, out _))
        {
            var given = Victims(index, load, shape.Requests, out var holders);
            if (given is not null)
            {
                Give(load, holders, given);
                var claims = Claims(load);
                // What was given back may be room for several.
                var fits = (int)Math.Min(left, Fits(index, load, shape.Requests, withHarvest: false));
                claims.Claimed.Add(shape.Requests, fits);
                left -= fits;
            }

            if (Cost(index, load, shape.Requests) is { } again)
                queue.Enqueue(load, again);
        }

        if (left > 0)
            _unmet.Add((shape, !nodes.Any(load => EmptyFits(index, load, shape.Requests))));
    }

    private void Give(NodeLoad load, List<Holder> holders, int[] given)
    {
        var claims = Claims(load);
        for (var i = 0; i < given.Length; i++)
        {
            if (given[i] == 0)
                continue;
            var who = holders[i].Who;
            claims.Given[who] = claims.GivenBy(who) + given[i];
            _given[who] = _given.GetValueOrDefault(who) + given[i];
            var own = who.On(load.Place)!;
            for (var id = 0; id < own.Stays.Count; id++)
                claims.Freed.Add(id, given[i] * own.One(id));
        }
    }

    private (int Priority, int Replicas, int Place)? Cost(CapacityIndex index, NodeLoad load, Amounts requests)
    {
        if (Fits(index, load, requests, withHarvest: true) == 0)
            return null;
        if (Victims(index, load, requests, out var holders) is not { } given)
            return null;
        var priority = int.MinValue;
        for (var i = 0; i < given.Length; i++)
            if (given[i] > 0)
                priority = Math.Max(priority, holders[i].Who.Priority);
        return (priority, given.Sum(), load.Place);
    }

    private int[]? Victims(CapacityIndex index, NodeLoad load, Amounts requests, out List<Holder> holders)
    {
        var needs = new long[requests.Count];
        for (var i = 0; i < needs.Length; i++)
            needs[i] = requests[i].Value - Free(index, load, requests[i].Id, withHarvest: false);
        var level = Math.Max(0, Array.FindIndex(needs, need => need > 0));
        var claims = _nodes.GetValueOrDefault(load.Place);
        holders = [];
        foreach (var who in index.Harvesters)
        {
            if (who.On(load.Place) is not { } own || own.Count <= (claims?.GivenBy(who) ?? 0))
                continue;
            var one = new long[needs.Length];
            for (var i = 0; i < one.Length; i++)
                one[i] = own.One(requests[i].Id);
            var id = requests[level].Id;
            holders.Add(
                new Holder(
                    who,
                    own.Count - (claims?.GivenBy(who) ?? 0),
                    one,
                    who.Stays[id] - (_given.GetValueOrDefault(who) * one[level])
                )
            );
        }

        return GiveBack.Take(holders, level, needs);
    }

    private long Fits(CapacityIndex index, NodeLoad load, Amounts requests, bool withHarvest)
    {
        var fits = (long)int.MaxValue;
        for (var i = 0; i < requests.Count && fits > 0; i++)
        {
            var (id, one) = requests[i];
            fits = Math.Min(fits, Math.Max(0, Free(index, load, id, withHarvest)) / one);
        }

        return fits;
    }

    /// <summary>What is free, or will be once what is given back has gone.</summary>
    private long Free(CapacityIndex index, NodeLoad load, int id, bool withHarvest)
    {
        var claims = _nodes.GetValueOrDefault(load.Place);
        return index.Resources.On(load.Facts!, id)
            - load.Requested[id]
            + load.Leaving[id]
            - (claims?.Claimed[id] ?? 0)
            + (withHarvest ? load.Harvested[id] : claims?.Freed[id] ?? 0);
    }

    private static bool EmptyFits(CapacityIndex index, NodeLoad load, Amounts requests) =>
        requests.Pairs().All(pair => pair.Value <= index.Resources.On(load.Facts!, pair.Id));

    private NodeClaims Claims(NodeLoad load)
    {
        if (!_nodes.TryGetValue(load.Place, out var claims))
            _nodes[load.Place] = claims = new NodeClaims();
        return claims;
    }
}
