using Ebb.Core.Capacity;
using Ebb.Core.Workloads;
using Ebb.Kubernetes.Resources;
using Ebb.Kubernetes.Watching;

namespace Ebb.Kubernetes.Power;

/// <summary>
/// Nodes as views. Only where at least one names what feeds it is it read which pods they take, and are pods watched
/// because of that.
/// </summary>
/// <param name="nodes">All nodes.</param>
/// <param name="settings">What feeds those that do not say so themselves; the first that fits counts.</param>
internal sealed class FedNodes(Informer<Node> nodes, IReadOnlyList<NodeSupplies> settings)
{
    private IReadOnlyList<NodeView>? _views;
    private long _built = -1;

    /// <summary>At least one names a supply.</summary>
    public bool Any { get; private set; }

    /// <summary>By name, the same instance as long as nothing in them changed; null: not read.</summary>
    public IReadOnlyList<NodeView>? Refresh()
    {
        if (!nodes.Synced)
            return null;
        var version = nodes.Version;
        if (_views is not null && _built == version)
            return _views;
        _built = version;
        var fed = nodes.Items.Select(node => (Node: node, Supplies: SuppliesOf(node))).ToList();
        Any = fed.Exists(one => one.Supplies.Count > 0);
        List<NodeView> now =
        [
            .. fed.Select(one => View(one.Node, one.Supplies)).OrderBy(node => node.Name, StringComparer.Ordinal),
        ];
        return _views = _views is { } before && now.SequenceEqual(before) ? before : now;
    }

    private NodeView View(Node node, IReadOnlyList<string> supplies)
    {
        var (ready, cordoned) = (node.Status?.Ready == true, node.Spec?.Unschedulable == true);
        return new NodeView(node.Metadata.Name, ready, !cordoned)
        {
            Supplies = supplies,
            Facts = !Any
                ? null
                : new NodeFacts
                {
                    Name = node.Metadata.Name,
                    Labels = node.Metadata.Labels,
                    Taints = node.Spec?.Taints ?? [],
                    Unschedulable = cordoned,
                    Ready = ready,
                    Allocatable = Amounts.None,
                },
        };
    }

    private IReadOnlyList<string> SuppliesOf(Node node)
    {
        var (meta, key) = (node.Metadata, WellKnown.SuppliesAnnotation);
        return NodeSupplies.Names(meta.Annotations.GetValueOrDefault(key)) is { Count: > 0 } noted ? noted
            : NodeSupplies.Names(meta.Labels.GetValueOrDefault(key)) is { Count: > 0 } labelled ? labelled
            : settings.FirstOrDefault(setting => setting.Feeds(node))?.Ups ?? [];
    }
}
