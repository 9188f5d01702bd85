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
    /// <param name="there">What is counted on it.</param>
    /// <param name="fits">What fits on it.</param>
    public void Move(NodeLoad load, long there, long fits)
    {
        while (_domainOf.Count <= load.Place)
            _domainOf.Add(Nowhere);
        var (before, after) = (_domainOf[load.Place], DomainOf(load.Facts));
        if (before == after)
            return;
        Add(before, new SpreadDomain(-there, -fits, -1));
        Add(after, new SpreadDomain(there, fits, 1));
        _domainOf[load.Place] = after;
    }

    /// <summary>What is counted on a node, or fits on it, changed by so much.</summary>
    public void Add(int place, long there, long fits)
    {
        if (place < _domainOf.Count)
            Add(_domainOf[place], new SpreadDomain(there, fits, 0));
    }

    /// <summary>How many replicas fit.</summary>
    /// <param name="changed">By how much what fits on some nodes differs; null: nowhere.</param>
    public long Fits(IReadOnlyDictionary<int, long>? changed)
    {
        foreach (var (place, by) in changed ?? new Dictionary<int, long>())
            Add(place, 0, by);
        var fits = rule.Fits(_domains.AsSpan(1, _ids.Count));
        foreach (var (place, by) in changed ?? new Dictionary<int, long>())
            Add(place, 0, -by);
        return fits;
    }

    private void Add(int domain, SpreadDomain by)
    {
        if (domain == Nowhere)
            return;
        ref var known = ref _domains[domain];
        known = new SpreadDomain(known.There + by.There, known.Fits + by.Fits, known.Nodes + by.Nodes);
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
public readonly record struct SpreadDomain(long There, long Fits, int Nodes);
