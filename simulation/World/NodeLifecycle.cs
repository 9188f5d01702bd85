using System.Text.Json.Nodes;
using Ebb.Simulation.Json;
using Ebb.Simulation.Resources;
using Ebb.Simulation.Store;

namespace Ebb.Simulation.World;

/// <summary>
/// Marks nodes that stop reporting, and those that report again: NotReady 40 s after its power went, its pods evicted 5
/// min after that, where they stay Terminating because no kubelet can stop them.
/// </summary>
internal sealed class NodeLifecycle : Controller
{
    private static readonly TimeSpan Monitor = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan Toleration = TimeSpan.FromSeconds(300);
    private readonly Dictionary<string, DateTimeOffset> darkSince = new(StringComparer.Ordinal);

    protected override string Manager => "kube-controller-manager";

    public override void Observe(Change change)
    {
        if (change.Type == NodeResource.Type)
        {
            Enqueue(change.New.Tree.Name());
        }
    }

    public override void Reconcile(string key)
    {
        if (Store.Find(NodeResource.Type, "", key) is not { } node)
        {
            darkSince.Remove(key);
            return;
        }

        if (node.Tree.Annotation(SimulationAnnotations.Power) != "off")
        {
            if (darkSince.Remove(key) || !NodeResource.IsReady(node.Tree))
            {
                Back(node);
            }

            return;
        }

        if (!darkSince.TryGetValue(key, out var since))
        {
            since = Now;
            darkSince[key] = since;
        }

        if (Now < since + Monitor)
        {
            At(key, since + Monitor);
            return;
        }

        if (node.Tree.Condition("Ready")?.Text("status") != "Unknown")
        {
            Lost(node);
        }

        if (Now < since + Monitor + Toleration)
        {
            At(key, since + Monitor + Toleration);
            return;
        }

        foreach (var pod in On(key).Where(p => !p.Tree.IsTerminating()))
        {
            Delete(PodResource.Type, pod);
        }
    }

    private void Lost(StoredObject node)
    {
        Change(
            NodeResource.Type,
            node,
            tree =>
            {
                foreach (var type in (string[])["MemoryPressure", "DiskPressure", "PIDPressure", "Ready"])
                {
                    tree.SetCondition(
                        type,
                        "Unknown",
                        "NodeStatusUnknown",
                        "Kubelet stopped posting node status.",
                        Now
                    );
                }

                var taints = tree.Ensure("spec")["taints"] as JsonArray ?? [];
                foreach (var effect in (string[])["NoSchedule", "NoExecute"])
                {
                    taints.Add(
                        new JsonObject
                        {
                            ["key"] = "node.kubernetes.io/unreachable",
                            ["effect"] = effect,
                            ["timeAdded"] = Now.Stamp(),
                        }
                    );
                }

                tree.Ensure("spec")["taints"] = taints.Parent is null ? taints : taints.DeepClone();
            }
        );
        Tell(
            node.Tree,
            "Normal",
            "NodeNotReady",
            $"Node {node.Tree.Name()} status is now: NodeNotReady",
            "node-controller"
        );
        foreach (var pod in On(node.Tree.Name()).Where(p => PodResource.IsReady(p.Tree)))
        {
            ChangeStatus(PodResource.Type, pod, tree => tree.SetCondition("Ready", "False", "NodeNotReady", "", Now));
        }
    }

    private void Back(StoredObject node) =>
        Change(
            NodeResource.Type,
            node,
            tree =>
            {
                tree.SetCondition(
                    "MemoryPressure",
                    "False",
                    "KubeletHasSufficientMemory",
                    "kubelet has sufficient memory available",
                    Now
                );
                tree.SetCondition(
                    "DiskPressure",
                    "False",
                    "KubeletHasNoDiskPressure",
                    "kubelet has no disk pressure",
                    Now
                );
                tree.SetCondition(
                    "PIDPressure",
                    "False",
                    "KubeletHasSufficientPID",
                    "kubelet has sufficient PID available",
                    Now
                );
                tree.SetCondition("Ready", "True", "KubeletReady", "kubelet is posting ready status", Now);
                var left = tree.Objects("spec", "taints")
                    .Where(t => t.Text("key") != "node.kubernetes.io/unreachable")
                    .Select(t => (JsonNode)t.Copy())
                    .ToArray();
                tree.Ensure("spec").Put("taints", left.Length == 0 ? null : new JsonArray(left));
            }
        );

    private List<StoredObject> On(string node) =>
        [.. Store.All(PodResource.Type).Where(p => p.Tree.Text("spec", "nodeName") == node)];
}
