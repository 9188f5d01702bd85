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
    /// <param name="node">The node that its spec names, past the scheduler; null: none.</param>
    public Placement(
        IReadOnlyDictionary<string, string> selector,
        IReadOnlyList<NodeTerm> terms,
        IReadOnlyList<Toleration> tolerations,
        string? node = null
    )
    {
        (Selector, Terms, Tolerations, Node) = (selector, terms, tolerations, node);
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
            string.Join(',', tolerations.Select(t => $"{t.Key} {t.Operator} {t.Value} {t.Effect}")),
            node
        );
    }

    /// <summary>All that it says, in one text.</summary>
    internal string Words => _text;

    /// <summary>All of these labels.</summary>
    public IReadOnlyDictionary<string, string> Selector { get; }

    /// <summary>One of these, when there are any.</summary>
    public IReadOnlyList<NodeTerm> Terms { get; }

    /// <summary>Its tolerations.</summary>
    public IReadOnlyList<Toleration> Tolerations { get; }

    /// <summary>The only node that it may go to; null: any.</summary>
    public string? Node { get; }

    /// <summary>The same, and these labels too: where both name a key, both hold.</summary>
    public Placement And(IReadOnlyDictionary<string, string> selector, IReadOnlyList<Toleration>? tolerations = null)
    {
        ArgumentNullException.ThrowIfNull(selector);
        if (selector.Count == 0 && tolerations is null or [])
            return this;
        var both = new Dictionary<string, string>(Selector);
        List<NodeRequirement> further = [];
        foreach (var (key, value) in selector)
            if (!both.TryAdd(key, value) && both[key] != value)
                further.Add(new NodeRequirement(key, "In", [value]));
        var terms =
            further.Count == 0 ? Terms
            : Terms.Count == 0 ? [new NodeTerm(further)]
            : [.. Terms.Select(term => term.And(further))];
        return new Placement(both, terms, [.. Tolerations, .. tolerations ?? []], Node);
    }

    /// <summary>The same, and one of these terms too; none: as it is.</summary>
    public Placement And(IReadOnlyList<NodeTerm> terms)
    {
        ArgumentNullException.ThrowIfNull(terms);
        if (terms.Count == 0)
            return this;
        IReadOnlyList<NodeTerm> both =
            Terms.Count == 0
                ? terms
                :
                [
                    // A term without lines matches no node, and with others neither.
                    .. Terms.SelectMany(
                        _ => terms,
                        (own, other) => other.Requirements.Count == 0 ? other : own.And(other.Requirements)
                    ),
                ];
        return new Placement(Selector, both, Tolerations, Node);
    }

    /// <summary>Why the node does not take it; null: it does.</summary>
    public string? Refusal(NodeFacts node)
    {
        ArgumentNullException.ThrowIfNull(node);
        if (!node.Ready)
            return "not ready";
        if (Node is not null && Node != node.Name)
            return $"not {Node}";
        // Who names a node goes past the scheduler, which alone looks at cordons and NoSchedule.
        if (Node is null && node.Unschedulable && !Tolerations.Any(t => t.Tolerates(Cordon)))
            return "cordoned";
        foreach (var (key, value) in Selector)
            if (!node.Labels.TryGetValue(key, out var found) || found != value)
                return $"has no label {key}={value}";
        if (Terms.Count > 0 && !Terms.Any(term => term.Holds(node)))
            return "not in the required node affinity";
        return Forbidding(node) is { } taint
            ? $"taint {taint.Key}{(taint.Value.Length > 0 ? "=" : "")}{taint.Value}:{taint.Effect}"
            : null;
    }

    /// <summary>Whether selector and affinity choose the node.</summary>
    internal bool IsChosen(NodeFacts node) =>
        Selector.All(pair => node.Labels.TryGetValue(pair.Key, out var value) && value == pair.Value)
        && (Terms.Count == 0 || Terms.Any(term => term.Holds(node)));

    /// <summary>Whether no taint of the node keeps it away.</summary>
    internal bool IsTolerated(NodeFacts node) =>
        Forbidding(node) is null && (!node.Unschedulable || Tolerations.Any(t => t.Tolerates(Cordon)));

    private Taint? Forbidding(NodeFacts node)
    {
        foreach (var taint in node.Taints)
            if (
                taint.Forbids
                && (Node is null || taint.Effect == "NoExecute")
                && !Tolerations.Any(t => t.Tolerates(taint))
            )
                return taint;
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
