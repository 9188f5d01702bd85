namespace Ebb.Core.Capacity;

/// <summary>
/// Which nodes a pod may go to: node selector, required node affinity (any of its terms) and tolerations; a node that
/// is not ready or cordoned takes none. What the scheduler merely prefers does not matter.
/// </summary>
public sealed class Placement : IEquatable<Placement>
{
    /// <summary>Any node without a taint that forbids it.</summary>
    public static readonly Placement Anywhere = new(new Dictionary<string, string>(), [], []);

    private readonly string _text;

    /// <param name="selector">All of these labels.</param>
    /// <param name="terms">One of these, when there are any.</param>
    /// <param name="tolerations">Its tolerations.</param>
    public Placement(
        IReadOnlyDictionary<string, string> selector,
        IReadOnlyList<NodeTerm> terms,
        IReadOnlyList<Toleration> tolerations
    )
    {
        (Selector, Terms, Tolerations) = (selector, terms, tolerations);
        // Compared by what it says: thousands of pods say the same.
        _text = string.Join(
            '\n',
            string.Join(
                ',',
                selector.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value}")
            ),
            string.Join(
                '|',
                terms.Select(term =>
                    string.Join(
                        ',',
                        term.Requirements.Select(r => $"{r.IsField}{r.Key} {r.Operator} {string.Join(';', r.Values)}")
                    )
                )
            ),
            string.Join(',', tolerations.Select(t => $"{t.Key} {t.Operator} {t.Value} {t.Effect}"))
        );
    }

    /// <summary>All of these labels.</summary>
    public IReadOnlyDictionary<string, string> Selector { get; }

    /// <summary>One of these, when there are any.</summary>
    public IReadOnlyList<NodeTerm> Terms { get; }

    /// <summary>Its tolerations.</summary>
    public IReadOnlyList<Toleration> Tolerations { get; }

    /// <summary>The same, and these labels too.</summary>
    public Placement And(IReadOnlyDictionary<string, string> selector)
    {
        ArgumentNullException.ThrowIfNull(selector);
        if (selector.Count == 0)
            return this;
        var both = new Dictionary<string, string>(Selector);
        foreach (var (key, value) in selector)
            both[key] = value;
        return new Placement(both, Terms, Tolerations);
    }

    /// <summary>Why the node does not take it; null: it does.</summary>
    public string? Refusal(NodeFacts node)
    {
        ArgumentNullException.ThrowIfNull(node);
        if (!node.Ready)
            return "not ready";
        if (node.Unschedulable && !Tolerations.Any(t => t.Tolerates(Cordon)))
            return "cordoned";
        foreach (var (key, value) in Selector)
            if (!node.Labels.TryGetValue(key, out var found) || found != value)
                return $"has no label {key}={value}";
        if (Terms.Count > 0 && !Terms.Any(term => term.Holds(node)))
            return "not in the required node affinity";
        foreach (var taint in node.Taints)
            if (taint.Forbids && !Tolerations.Any(t => t.Tolerates(taint)))
                return $"taint {taint.Key}{(taint.Value.Length > 0 ? "=" : "")}{taint.Value}:{taint.Effect}";
        return null;
    }

    private static readonly Taint Cordon = new("node.kubernetes.io/unschedulable", "", "NoSchedule");

    /// <inheritdoc/>
    public bool Equals(Placement? other) => other is not null && (ReferenceEquals(this, other) || _text == other._text);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Placement);

    /// <inheritdoc/>
    public override int GetHashCode() => _text.GetHashCode(StringComparison.Ordinal);
}
