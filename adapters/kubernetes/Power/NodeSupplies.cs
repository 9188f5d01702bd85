using Ebb.Kubernetes.Resources;

namespace Ebb.Kubernetes.Power;

/// <summary>Which UPSes feed the nodes with some labels (setting <c>Power__Domains__n</c>).</summary>
public sealed record NodeSupplies
{
    private readonly LabelSelector _nodes;

    private NodeSupplies(IReadOnlyList<string> ups, LabelSelector nodes) => (Ups, _nodes) = (ups, nodes);

    /// <summary>Their names.</summary>
    public IReadOnlyList<string> Ups { get; }

    /// <summary><c>ups-a,ups-b:label=value,…</c>; null: it is not written so.</summary>
    public static NodeSupplies? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var at = text.IndexOf(':', StringComparison.Ordinal);
        return
            at > 0 && Names(text[..at]) is { Count: > 0 } names && LabelSelector.Parse(text[(at + 1)..]) is { } selector
            ? new NodeSupplies(names, selector)
            : null;
    }

    internal bool Feeds(Node node) => _nodes.Selects(node.Metadata.Labels);

    internal static IReadOnlyList<string> Names(string? text) =>
        [
            .. (text ?? "")
                .Split([',', ' '], StringSplitOptions.RemoveEmptyEntries)
                .Distinct(StringComparer.OrdinalIgnoreCase),
        ];
}
