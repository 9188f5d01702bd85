using System.Text.Json.Nodes;
using Ebb.Simulation.Json;
using Ebb.Simulation.Resources;
using Ebb.Simulation.Store;

namespace Ebb.Simulation.World;

/// <summary>One pod on each node that the node selector of the template selects; others are deleted.</summary>
internal sealed class DaemonSetController : Controller
{
    public override void Observe(Change change)
    {
        if (change.Type == DaemonSetResource.Type)
        {
            Enqueue(change.New.Tree.Key());
        }
        else if (change.Type == PodResource.Type && OwnerKey(change.New.Tree, "DaemonSet") is { } owner)
        {
            Enqueue(owner);
        }
        else if (change.Type == NodeResource.Type)
        {
            foreach (var set in Store.All(DaemonSetResource.Type))
            {
                Enqueue(set.Tree.Key());
            }
        }
    }

    public override void Reconcile(string key)
    {
        if (Find(DaemonSetResource.Type, key) is not { } set || set.Tree.IsTerminating())
        {
            return;
        }

        var selector = set.Tree.Object("spec", "template", "spec", "nodeSelector") ?? [];
        var wanted = Store
            .All(NodeResource.Type)
            .Where(node => Selects(selector, node.Tree))
            .Select(n => n.Tree.Name());
        var nodes = wanted.ToHashSet(StringComparer.Ordinal);
        foreach (var pod in Pods(set).Where(p => !p.Tree.IsTerminating() && !nodes.Contains(Node(p))))
        {
            Delete(PodResource.Type, pod);
        }

        // A pod that still terminates keeps its node.
        foreach (var node in nodes.Except(Pods(set).Select(Node)).Order(StringComparer.Ordinal))
        {
            var pod = PodMaker.From(set.Tree, generateName: set.Tree.Name() + "-");
            pod.Ensure("spec")["nodeName"] = node;
            Create(PodResource.Type, pod);
        }

        var present = Pods(set).Where(p => !p.Tree.IsTerminating()).ToList();
        var ready = present.Count(p => PodResource.IsReady(p.Tree));
        ChangeStatus(
            DaemonSetResource.Type,
            Find(DaemonSetResource.Type, key) ?? set,
            tree =>
            {
                var status = tree.Ensure("status");
                status["currentNumberScheduled"] = present.Count;
                status["desiredNumberScheduled"] = nodes.Count;
                status["numberMisscheduled"] = 0;
                status["numberReady"] = ready;
                status.Put("numberAvailable", ready == 0 ? null : (JsonNode)ready);
                status["observedGeneration"] = set.Tree.Whole("metadata", "generation");
            }
        );
    }

    private List<StoredObject> Pods(StoredObject set) =>
        [.. OwnedBy(set, PodResource.Type).Where(p => !PodResource.IsOver(p.Tree))];

    private static string Node(StoredObject pod) => pod.Tree.Text("spec", "nodeName") ?? "";

    private static bool Selects(JsonObject selector, JsonObject node) =>
        selector.All(label => node.Text("metadata", "labels", label.Key) == label.Value?.GetValue<string>());
}
