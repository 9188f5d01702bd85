namespace Ebb.Core.Capacity;

/// <summary>
/// Which other pods decide where pods that wait may go: whom they repel and who repels them, by hostname or in a larger
/// domain, and whom they are to share a host with. Two are equal where they could take each other's place.
/// </summary>
internal sealed class NeighbourRules : IEquatable<NeighbourRules>
{
    private readonly PodFacts _pod;

    // Of those without rules of their own, which terms select them; what else their labels say differs.
    private readonly IReadOnlyList<string>? _selecting;

    private NeighbourRules(PodFacts pod, string words, IReadOnlyList<string>? selecting = null)
    {
        (_pod, Words, _selecting) = (pod, words, selecting);
        IsAlone = Excludes(pod);
    }

    /// <summary>Null: it goes anywhere, whoever is there.</summary>
    /// <param name="pod">A pod that waits.</param>
    /// <param name="terms">The anti-affinity of all pods.</param>
    public static NeighbourRules? Of(PodFacts pod, RepelTerms terms)
    {
        if (pod.Repels.Count > 0 || pod.Attracts.Count > 0)
            return new NeighbourRules(
                pod,
                string.Join(
                    ',',
                    pod.Labels.OrderBy(pair => pair.Key, StringComparer.Ordinal)
                        .Select(pair => $"{pair.Key}={pair.Value}")
                        .Prepend(pod.Namespace)
                        .Concat(pod.Repels.Select(term => $"!{term.Words}"))
                        .Concat(pod.Attracts.Select(term => $"&{term.Words}"))
                )
            );
        var selecting = terms.Selecting(pod);
        return selecting.Count == 0 ? null : new NeighbourRules(pod, string.Join(',', selecting), selecting);
    }

    /// <summary>What tells them from others.</summary>
    public string Words { get; }

    /// <summary>Two of them never share a node.</summary>
    public bool IsAlone { get; }

    /// <summary>They go only where others are.</summary>
    public bool AreAttracted => _pod.Attracts.Count > 0;

    /// <summary>They are attracted to each other, so that the first one goes anywhere.</summary>
    public bool AttractThemselves => AreAttracted && IsAttractedTo(_pod);

    /// <summary>They repel others or are attracted, so that they look at pods that have no rules.</summary>
    public bool LookAtAll => AreAttracted || _pod.Repels.Count > 0;

    /// <summary>Whether that pod is one of those whom they are to be with.</summary>
    public bool IsAttractedTo(PodFacts other)
    {
        foreach (var term in _pod.Attracts)
            if (!term.Selects(other))
                return false;
        return true;
    }

    /// <summary>Whether they do not share a node with that pod.</summary>
    public bool Excludes(PodFacts other)
    {
        foreach (var term in _pod.Repels)
            if (term.Selects(other))
                return true;
        foreach (var term in other.Repels)
            if (AreSelectedBy(term))
                return true;
        return false;
    }

    /// <summary>Whether they do not share a node with those.</summary>
    public bool Excludes(NeighbourRules other) =>
        _pod.Repels.Any(other.AreSelectedBy) || other._pod.Repels.Any(AreSelectedBy);

    /// <summary>Whether a term of somebody's anti-affinity means them.</summary>
    public bool AreSelectedBy(PodTerm term) => _selecting?.Contains(term.Words) ?? term.Selects(_pod);

    public bool Equals(NeighbourRules? other) => other is not null && Words == other.Words;

    public override bool Equals(object? obj) => Equals(obj as NeighbourRules);

    public override int GetHashCode() => Words.GetHashCode(StringComparison.Ordinal);
}

/// <summary>What the anti-affinity of all pods says, each term once.</summary>
internal sealed class RepelTerms
{
    private readonly SortedDictionary<string, (PodTerm Term, int Count)> _terms = new(StringComparer.Ordinal);

    /// <summary>Whether another one, or one less, makes a term appear or disappear.</summary>
    public bool Matters(PodTerm term, int sign) => _terms.GetValueOrDefault(term.Words).Count == (sign > 0 ? 0 : 1);

    public void Change(PodTerm term, int sign)
    {
        var count = _terms.GetValueOrDefault(term.Words).Count + sign;
        if (count == 0)
            _terms.Remove(term.Words);
        else
            _terms[term.Words] = (term, count);
    }

    /// <summary>Those that select a pod, in an order that does not change.</summary>
    public IReadOnlyList<string> Selecting(PodFacts pod)
    {
        List<string>? found = null;
        foreach (var (words, (term, _)) in _terms)
            if (term.Selects(pod))
                (found ??= []).Add(words);
        return found ?? (IReadOnlyList<string>)[];
    }
}
