namespace Ebb.Core.Capacity;

/// <summary>One workload that follows spare capacity, and what its pods hold, node by node.</summary>
/// <param name="workload">Names it; empty: it only looks, and gives nothing back.</param>
/// <param name="owns">Whether a pod is one of its own.</param>
internal sealed class Harvester(string workload, Func<PodFacts, bool> owns)
{
    private readonly Dictionary<int, OwnLoad> _own = [];
    private readonly Dictionary<Amounts, int> _shapes = [];
    private readonly SortedDictionary<int, int> _priorities = [];

    public string Workload { get; } = workload;

    /// <summary>How many rooms look at it.</summary>
    public int Rooms { get; set; }

    /// <summary>What its pods that stay hold on all nodes.</summary>
    public ResourceSums Stays { get; } = new();

    /// <summary>What all its pods on nodes hold.</summary>
    public ResourceSums Held { get; } = new();

    /// <summary>Grows with every change of its pods.</summary>
    public long Version { get; private set; }

    /// <summary>Its pods on nodes.</summary>
    public int Placed { get; private set; }

    /// <summary>What the largest of its pods takes, resource by resource; null: it has none.</summary>
    public Amounts? Largest { get; private set; }

    /// <summary>The least priority of its pods; without any it stays what it was, and matters to nobody.</summary>
    public int Priority { get; private set; }

    public IReadOnlyDictionary<int, OwnLoad> Own => _own;

    public bool Owns(PodFacts pod) => owns(pod);

    public OwnLoad? On(int place) => _own.GetValueOrDefault(place);

    public void Forget(int place) => _own.Remove(place);

    /// <summary>A pod of its own came or went.</summary>
    /// <param name="pod">Which.</param>
    /// <param name="place">Its node; null: it is pending.</param>
    /// <param name="sign">1 or -1.</param>
    public void Change(PodFacts pod, int? place, int sign)
    {
        Version++;
        if (!pod.Ending)
            Shape(pod, sign);
        if (place is not { } at)
            return;
        if (!_own.TryGetValue(at, out var load))
            _own[at] = load = new OwnLoad();
        load.Change(pod, sign);
        Placed += sign;
        Held.Add(pod.Requests, sign);
        if (!pod.Ending)
            Stays.Add(pod.Requests, sign);
        if (load.All == 0)
            _own.Remove(at);
    }

    private void Shape(PodFacts pod, int sign)
    {
        Count(_priorities, pod.Priority, sign);
        if (_priorities.Count > 0)
            Priority = _priorities.First().Key;
        // The maximum changes only with the first or the last pod of a shape.
        if (Count(_shapes, pod.Requests, sign) > (sign > 0 ? 1 : 0))
            return;
        Largest =
            _shapes.Count == 0
                ? null
                : Amounts.Of(
                    _shapes
                        .Keys.SelectMany(shape => shape.Pairs())
                        .GroupBy(pair => pair.Id)
                        .Select(group => (group.Key, group.Max(pair => pair.Value)))
                );
    }

    private static int Count<T>(IDictionary<T, int> counts, T key, int sign)
    {
        var count = (counts.TryGetValue(key, out var known) ? known : 0) + sign;
        if (count == 0)
            counts.Remove(key);
        else
            counts[key] = count;
        return count;
    }
}

/// <summary>What one workload's pods hold on one node.</summary>
internal sealed class OwnLoad
{
    /// <summary>Pods, those that are being deleted included.</summary>
    public int All { get; private set; }

    /// <summary>Pods that stay.</summary>
    public int Count { get; private set; }

    public ResourceSums Held { get; } = new();

    public ResourceSums Stays { get; } = new();

    public void Change(PodFacts pod, int sign)
    {
        All += sign;
        Held.Add(pod.Requests, sign);
        if (pod.Ending)
            return;
        Count += sign;
        Stays.Add(pod.Requests, sign);
    }

    /// <summary>What some of the pods that stay hold.</summary>
    public long Part(int resource, int count) => GiveBack.Part(Stays[resource], count, Count);
}
