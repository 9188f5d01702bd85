using Ebb.Kubernetes.Resources;
using Ebb.Kubernetes.Watching;

namespace Ebb.Kubernetes.Power;

/// <summary>
/// Nodes on which no pod can end: not ready, or gone. They are looked for only while something has a baseline, so that
/// an idle process watches no pods because of them.
/// </summary>
internal sealed class DeadNodes(Informer<Node> nodes)
{
    private readonly Dictionary<string, bool> _ready = new(StringComparer.Ordinal);
    private IReadOnlyList<string>? _before;
    private (long Version, bool Sought) _built = (-1, false);

    /// <summary>There is at least one, and it matters.</summary>
    public bool Any { get; private set; }

    /// <param name="sought">Something has a baseline.</param>
    public void Refresh(bool sought)
    {
        if (!nodes.Synced || _built == (nodes.Version, sought))
            return;
        _built = (nodes.Version, sought);
        _ready.Clear();
        foreach (var node in nodes.Items)
            _ready[node.Metadata.Name] = node.Status?.Ready == true;
        _before = sought ? _before ?? [.. _ready.Keys] : null;
        Any = sought && (_ready.ContainsValue(false) || _before!.Any(name => !_ready.ContainsKey(name)));
    }

    /// <summary>What is the matter with a node; null: nothing, or the pod has none yet.</summary>
    public string? Fault(string? node) =>
        node is null ? null
        : !_ready.TryGetValue(node, out var ready) ? $"node {node} is gone"
        : ready ? null
        : $"node {node} is not ready";
}
