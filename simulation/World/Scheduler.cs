using System.Text.Json.Nodes;
using Ebb.Simulation.Json;
using Ebb.Simulation.Resources;
using Ebb.Simulation.Store;

namespace Ebb.Simulation.World;

/// <summary>
/// Finds a node for every pod: requests must fit, and node selector, node affinity and taints are applied; the emptiest
/// node wins.
/// </summary>
internal sealed class Scheduler : Controller
{
    private readonly Dictionary<string, (string Node, Dictionary<string, double> Requests)> placed = new(
        StringComparer.Ordinal
    );
    private readonly Dictionary<string, Dictionary<string, double>> used = new(StringComparer.Ordinal);
    private readonly SortedSet<string> waiting = new(StringComparer.Ordinal);

    protected override string Manager => "kube-scheduler";

    public override void Observe(Change change)
    {
        if (change.Type == PodResource.Type)
        {
            Account(change);
        }
        else if (change.Type == NodeResource.Type)
        {
            Retry();
        }
    }

    public override void Reconcile(string key)
    {
        if (
            Find(PodResource.Type, key) is not { } pod
            || pod.Tree.Text("spec", "nodeName") is not null
            || pod.Tree.IsTerminating()
        )
        {
            waiting.Remove(key);
            return;
        }

        var requests = Requests(pod.Tree);
        var reasons = new SortedDictionary<string, int>(StringComparer.Ordinal);
        string? best = null;
        var bestShare = double.MaxValue;
        var total = 0;
        foreach (var node in Store.All(NodeResource.Type))
        {
            total++;
            if (Refusal(pod.Tree, node.Tree, requests) is { } why)
            {
                reasons[why] = reasons.GetValueOrDefault(why) + 1;
                continue;
            }

            var share = Share(node.Tree, requests);
            if (share < bestShare)
            {
                (best, bestShare) = (node.Tree.Name(), share);
            }
        }

        if (best is not null)
        {
            waiting.Remove(key);
            Change(
                PodResource.Type,
                pod,
                tree =>
                {
                    tree.Ensure("spec")["nodeName"] = best;
                    tree.SetCondition("PodScheduled", "True", "Scheduled", "", Now);
                    Tidy(tree);
                }
            );
            return;
        }

        waiting.Add(key);
        var message = $"0/{total} nodes are available: {string.Join(", ", reasons.Select(r => $"{r.Value} {r.Key}"))}.";
        if (pod.Tree.Condition("PodScheduled")?.Text("message") != message)
        {
            ChangeStatus(
                PodResource.Type,
                pod,
                tree => tree.SetCondition("PodScheduled", "False", "Unschedulable", message, Now)
            );
            Tell(pod.Tree, "Warning", "FailedScheduling", message, "default-scheduler");
        }
    }

    /// <summary>The requests of a pod, in cores, bytes and counts.</summary>
    public static Dictionary<string, double> Requests(JsonObject pod)
    {
        var requests = new Dictionary<string, double>(StringComparer.Ordinal) { ["pods"] = 1 };
        foreach (var container in pod.Objects("spec", "containers"))
        {
            foreach (var (name, value) in container.Object("resources", "requests") ?? [])
            {
                requests[name] = requests.GetValueOrDefault(name) + (ResourceQuantity.Read(value) ?? 0);
            }
        }

        foreach (var container in pod.Objects("spec", "initContainers"))
        {
            foreach (var (name, value) in container.Object("resources", "requests") ?? [])
            {
                requests[name] = Math.Max(requests.GetValueOrDefault(name), ResourceQuantity.Read(value) ?? 0);
            }
        }

        return requests;
    }

    private void Account(Change change)
    {
        var tree = change.New.Tree;
        var uid = tree.Uid();
        var node = tree.Text("spec", "nodeName");
        if (change.Kind == ChangeKind.Deleted || PodResource.IsOver(tree))
        {
            if (placed.Remove(uid, out var old))
            {
                Book(old.Node, old.Requests, -1);
                Retry();
            }

            waiting.Remove(tree.Key());
        }
        else if (node is null)
        {
            Enqueue(tree.Key());
        }
        else if (!placed.ContainsKey(uid))
        {
            var requests = Requests(tree);
            placed[uid] = (node, requests);
            Book(node, requests, 1);
        }
    }

    private void Book(string node, Dictionary<string, double> requests, int sign)
    {
        if (!used.TryGetValue(node, out var sums))
        {
            used[node] = sums = new(StringComparer.Ordinal);
        }

        foreach (var (name, amount) in requests)
        {
            sums[name] = sums.GetValueOrDefault(name) + (sign * amount);
        }
    }

    private void Retry()
    {
        foreach (var key in waiting)
        {
            Enqueue(key);
        }
    }

    private string? Refusal(JsonObject pod, JsonObject node, Dictionary<string, double> requests)
    {
        if (node.Flag("spec", "unschedulable") == true)
        {
            return "node(s) were unschedulable";
        }

        foreach (var taint in node.Objects("spec", "taints"))
        {
            if (taint.Text("effect") is "NoSchedule" or "NoExecute" && !Tolerated(pod, taint))
            {
                return $"node(s) had untolerated taint(s) {{{taint.Text("key")}: {taint.Text("value")}}}";
            }
        }

        if (!Resources.NodeResource.IsReady(node))
        {
            return "node(s) were not ready";
        }

        var labels = node.Object("metadata", "labels");
        foreach (var (key, value) in pod.Object("spec", "nodeSelector") ?? [])
        {
            if (labels.Text(key) != value?.ToString())
            {
                return "node(s) didn't match Pod's node affinity/selector";
            }
        }

        var terms = pod.Items(
            "spec",
            "affinity",
            "nodeAffinity",
            "requiredDuringSchedulingIgnoredDuringExecution",
            "nodeSelectorTerms"
        );
        if (
            terms is not null
            && !terms.OfType<JsonObject>().Any(t => Selectors.LabelMatcher.OfObject(t).Matches(labels))
        )
        {
            return "node(s) didn't match Pod's node affinity/selector";
        }

        var taken = used.GetValueOrDefault(node.Name());
        foreach (var (name, amount) in requests)
        {
            var has = ResourceQuantity.Read(node.At("status", "allocatable", name)) ?? 0;
            if ((taken?.GetValueOrDefault(name) ?? 0) + amount > has + 1e-9)
            {
                return name == "pods" ? "Too many pods" : "Insufficient " + name;
            }
        }

        return null;
    }

    private double Share(JsonObject node, Dictionary<string, double> requests)
    {
        var taken = used.GetValueOrDefault(node.Name());
        var share = 0.0;
        foreach (var name in (string[])["cpu", "memory", "pods"])
        {
            var has = ResourceQuantity.Read(node.At("status", "allocatable", name)) ?? 0;
            if (has > 0)
            {
                share += ((taken?.GetValueOrDefault(name) ?? 0) + requests.GetValueOrDefault(name)) / has;
            }
        }

        return share;
    }

    private static bool Tolerated(JsonObject pod, JsonObject taint) =>
        pod.Objects("spec", "tolerations")
            .Any(t =>
                (t.Text("effect") is null or "" || t.Text("effect") == taint.Text("effect"))
                && (
                    t.Text("operator") == "Exists"
                        ? t.Text("key") is null or "" || t.Text("key") == taint.Text("key")
                        : t.Text("key") == taint.Text("key") && (t.Text("value") ?? "") == (taint.Text("value") ?? "")
                )
            );

    // A true condition has no reason.
    private static void Tidy(JsonObject tree)
    {
        var condition = tree.Condition("PodScheduled");
        condition?.Remove("reason");
        condition?.Remove("message");
    }
}
