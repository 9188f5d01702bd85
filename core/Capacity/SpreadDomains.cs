namespace Ebb.Core.Capacity;

/// <summary>
/// The domains that a workload is spread over, kept up node by node: a domain may be every host of a large cluster.
/// </summary>
internal sealed class SpreadDomains(SpreadRule rule, Placement placement)
{
    private const int Nowhere = 0;
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly List<int> _domainOf = [];

    // The first stands for nodes that are in no domain.
    private SpreadDomain[] _domains = [default];

    /// <summary>A node is in another domain, or in none any more.</summary>
    /// <param name="load">The node.</param>
    /// <param name="alone">A domain of this node alone.</param>
    public void Move(NodeLoad load, SpreadDomain alone)
    {
        while (_domainOf.Count <= load.Place)
            _domainOf.Add(Nowhere);
        var (before, after) = (_domainOf[load.Place], DomainOf(load.Facts));
        if (before == after)
            return;
        AddTo(before, default(SpreadDomain) - alone);
        AddTo(after, alone);
        _domainOf[load.Place] = after;
    }

    /// <summary>What is counted on a node, or fits on it, changed by so much.</summary>
    public void Add(int place, SpreadDomain by)
    {
        if (place < _domainOf.Count)
            AddTo(_domainOf[place], by);
    }

    /// <summary>How many replicas fit.</summary>
    /// <param name="changed">By how much some nodes differ; null: none does.</param>
    public long Fits(IReadOnlyDictionary<int, SpreadDomain>? changed)
    {
        foreach (var (place, by) in changed ?? new Dictionary<int, SpreadDomain>())
            Add(place, by);
        var fits = rule.Fits(_domains.AsSpan(1, _ids.Count));
        foreach (var (place, by) in changed ?? new Dictionary<int, SpreadDomain>())
            Add(place, default(SpreadDomain) - by);
        return fits;
    }

    private void AddTo(int domain, SpreadDomain by)
    {
        if (domain != Nowhere)
            _domains[domain] += by;
    }

    private int DomainOf(NodeFacts? node)
    {
        if (
            node is null
            || !node.Labels.TryGetValue(rule.Key, out var name)
            || (rule.HonorsAffinity && !placement.IsChosen(node))
            || (rule.HonorsTaints && !placement.IsTolerated(node))
        )
            return Nowhere;
        if (_ids.TryGetValue(name, out var id))
            return id;
        _ids[name] = id = _ids.Count + 1;
        if (id >= _domains.Length)
            Array.Resize(ref _domains, id * 2);
        return id;
    }
}

/// <summary>A domain of a spread.</summary>
/// <param name="There">Pods that are counted in it already.</param>
/// <param name="Fits">Replicas that would fit.</param>
/// <param name="Nodes">Its nodes; 0: there is no such domain any more.</param>
public readonly record struct SpreadDomain(long There, long Fits, int Nodes)
{
    /// <summary>The part of what fits that runs there already.</summary>
    public long Stays { get; init; }

    /// <summary>Of one node's part in a room.</summary>
    internal static SpreadDomain Of(NodePart part, int nodes = 0, long there = 0) =>
        new(there, part.Fits, nodes) { Stays = Math.Min(part.Present, part.Fits) };

    /// <summary>Both together.</summary>
    public static SpreadDomain operator +(SpreadDomain one, SpreadDomain other) =>
        new(one.There + other.There, one.Fits + other.Fits, one.Nodes + other.Nodes)
        {
            Stays = one.Stays + other.Stays,
        };

    /// <summary>The first without the second.</summary>
    public static SpreadDomain operator -(SpreadDomain one, SpreadDomain other) =>
        new(one.There - other.There, one.Fits - other.Fits, one.Nodes - other.Nodes)
        {
            Stays = one.Stays - other.Stays,
        };
}
