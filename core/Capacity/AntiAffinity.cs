namespace Ebb.Core.Capacity;

/// <summary>
/// The required anti-affinity by hostname of pods that wait, with what of them tells whom they repel and who repels
/// them. Two are equal where they could take each other's place.
/// </summary>
internal sealed class AntiAffinity : IEquatable<AntiAffinity>
{
    private readonly PodFacts _pod;

    private AntiAffinity(PodFacts pod)
    {
        _pod = pod;
        IsAlone = Excludes(pod);
        Words = string.Join(
            ',',
            pod.Labels.OrderBy(pair => pair.Key, StringComparer.Ordinal)
                .Select(pair => $"{pair.Key}={pair.Value}")
                .Prepend(pod.Namespace)
        );
    }

    /// <summary>Null: it repels none.</summary>
    public static AntiAffinity? Of(PodFacts pod) => pod.Repels.Count == 0 ? null : new AntiAffinity(pod);

    /// <summary>Whose it is, to tell it from others.</summary>
    public string Words { get; }

    /// <summary>Two of them never share a node.</summary>
    public bool IsAlone { get; }

    /// <summary>Whether they do not share a node with that pod.</summary>
    public bool Excludes(PodFacts other)
    {
        foreach (var term in _pod.Repels)
            if (term.Selects(other))
                return true;
        foreach (var term in other.Repels)
            if (term.Selects(_pod))
                return true;
        return false;
    }

    /// <summary>Whether they do not share a node with those.</summary>
    public bool Excludes(AntiAffinity other) => Excludes(other._pod);

    public bool Equals(AntiAffinity? other) =>
        other is not null && Words == other.Words && _pod.Repels.SequenceEqual(other._pod.Repels);

    public override bool Equals(object? obj) => Equals(obj as AntiAffinity);

    public override int GetHashCode() => Words.GetHashCode(StringComparison.Ordinal);
}
