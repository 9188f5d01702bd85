namespace Ebb.Core.Capacity;

/// <summary>
/// Domains of nodes, such as zones, that running pods keep some pods out of. Worked out anew from those few pods when
/// one of them or a node changes.
/// </summary>
/// <param name="nodes">All nodes by place.</param>
/// <param name="selects">Whether a term means those who are kept out.</param>
internal sealed class ClosedDomains(IReadOnlyList<NodeLoad?> nodes, Predicate<PodTerm> selects)
{
    // By node and label, how many terms of pods there keep them out.
    private readonly Dictionary<(int Place, string Key), int> _terms = [];
    private HashSet<(string Key, string Value)> _closed = [];

    /// <summary>A pod came to a node or went.</summary>
    public void Change(int place, PodFacts pod, int sign)
    {
        foreach (var term in pod.RepelsInDomain)
        {
            if (!selects(term.Pods))
                continue;
            var count = _terms.GetValueOrDefault((place, term.Key)) + sign;
            if (count == 0)
                _terms.Remove((place, term.Key));
            else
                _terms[(place, term.Key)] = count;
        }
    }

    /// <summary>Looks again at what is closed.</summary>
    /// <returns>Whether it is something else than before.</returns>
    public bool Update()
    {
        if (_terms.Count == 0 && _closed.Count == 0)
            return false;
        HashSet<(string, string)> closed = [];
        foreach (var (place, key) in _terms.Keys)
            if (nodes[place]?.Facts?.Labels.TryGetValue(key, out var value) == true)
                closed.Add((key, value));
        if (_closed.SetEquals(closed))
            return false;
        _closed = closed;
        return true;
    }

    /// <summary>Whether a node is in one of them.</summary>
    public bool Hold(NodeLoad load)
    {
        foreach (var (key, value) in _closed)
            if (load.Facts?.Labels.TryGetValue(key, out var found) == true && found == value)
                return true;
        return false;
    }
}
