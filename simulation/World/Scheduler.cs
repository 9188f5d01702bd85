using System.Text.Json.Nodes;
using Ebb.Simulation.Json;
using Ebb.Simulation.Resources;
using Ebb.Simulation.Store;

namespace Ebb.Simulation.World;

/// <summary>
/// Finds a node for every pod of the default scheduler: requests and host ports must fit, and node selector, affinity,
/// anti-affinity, spread, taints and volumes are applied; the emptiest node wins. A pod that fits nowhere evicts others of lower
/// priority.
/// </summary>
internal sealed class Scheduler : Controller
{
    private readonly Dictionary<string, (string Node, Dictionary<string, double> Requests)> placed = new(
        StringComparer.Ordinal
    );
    private readonly Dictionary<string, Dictionary<string, double>> used = new(StringComparer.Ordinal);
    private readonly SortedSet<string> waiting = new(StringComparer.Ordinal);
    private readonly HashSet<string> repelling = new(StringComparer.Ordinal);
    private PodNeighbours neighbours = null!;
    private PodVolumes volumes = null!;

    protected override string Manager => "kube-scheduler";

    protected override void Start() => (neighbours, volumes) = (new PodNeighbours(Store), new PodVolumes(Store));

    public override void Observe(Change change)
    {
        if (change.Type == PodResource.Type)
        {
            Account(change);
        }
        else if (
            change.Type == NodeResource.Type
            || change.Type == PersistentVolumeClaimResource.Type
            || change.Type == PersistentVolumeResource.Type
            || change.Type == StorageClassResource.Type
        )
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
            || pod.Tree.Text("spec", "schedulerName") is not (null or "" or "default-scheduler")
        )
        {
            waiting.Remove(key);
            return;
        }

        if (pod.Tree.Items("spec", "schedulingGates") is { Count: > 0 })
        {
            waiting.Remove(key);
            if (pod.Tree.Condition("PodScheduled")?.Text("reason") != "SchedulingGated")
            {
                ChangeStatus(
                    PodResource.Type,
                    pod,
                    tree =>
                        tree.SetCondition(
                            "PodScheduled",
                            "False",
                            "SchedulingGated",
                            "Scheduling is blocked due to non-empty scheduling gates",
                            Now
                        )
                );
            }

            return;
        }

        var requests = PodSums.Of(pod.Tree);
        var reasons = new SortedDictionary<string, int>(StringComparer.Ordinal);
        string? best = null;
        var bestShare = double.MaxValue;
        var total = 0;
        foreach (var node in Store.All(NodeResource.Type))
        {
            total++;
            if (
                (
                    Filter(pod.Tree, node.Tree)
                    ?? volumes.Refusal(pod.Tree, node.Tree)
                    ?? Lack(node.Tree, requests)
                    ?? Neighbours(pod.Tree, node.Tree)
                ) is
                { } why
            )
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
            foreach (var claim in volumes.WaitingFor(pod.Tree).ToList())
            {
                Change(
                    PersistentVolumeClaimResource.Type,
                    claim,
                    tree => tree.Ensure("metadata", "annotations")[VolumeBinding.SelectedNode] = best
                );
            }

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

        Preempt(Find(PodResource.Type, key) ?? pod);
    }

    // Of pods that it has evicted others for, the node is kept until those are gone.
    private void Preempt(StoredObject pod)
    {
        if (
            pod.Tree.Text("status", "nominatedNodeName") is { } nominated
            && On(nominated).Any(one => one.Tree.IsTerminating() && Priority(one.Tree) < Priority(pod.Tree))
        )
        {
            return;
        }

        var nodes = Store
            .All(NodeResource.Type)
            .Select(stored => stored.Tree)
            .Where(node => Filter(pod.Tree, node) is null && volumes.Refusal(pod.Tree, node) is null)
            .Select(node =>
                (
                    node.Name(),
                    (Func<string, double>)(name => Free(node, name)),
                    (IReadOnlyList<StoredObject>)On(node.Name())
                )
            );
        if (Preemption.Of(pod.Tree, nodes) is not var (chosen, victims))
        {
            return;
        }

        ChangeStatus(PodResource.Type, pod, tree => tree.Ensure("status")["nominatedNodeName"] = chosen);
        foreach (var victim in victims.Where(one => !one.Tree.IsTerminating()))
        {
            Tell(
                victim.Tree,
                "Normal",
                "Preempted",
                $"Preempted by pod {pod.Tree.Uid()} on node {chosen}",
                "default-scheduler"
            );
            Delete(PodResource.Type, victim);
        }
    }

    private List<StoredObject> On(string node) =>
        [
            .. Store
                .All(PodResource.Type)
                .Where(one => one.Tree.Text("spec", "nodeName") == node && !PodResource.IsOver(one.Tree)),
        ];

    private static long Priority(JsonObject pod) => pod.Whole("spec", "priority") ?? 0;

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

            repelling.Remove(uid);
            waiting.Remove(tree.Key());
        }
        else if (node is null)
        {
            Enqueue(tree.Key());
        }
        else if (!placed.ContainsKey(uid))
        {
            var requests = PodSums.Of(tree);
            if (PodNeighbours.Repels(tree))
            {
                repelling.Add(uid);
            }

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
        // By priority, as the scheduler's queue.
        foreach (
            var key in waiting
                .Select(key => (Key: key, Pod: Find(PodResource.Type, key)))
                .OrderByDescending(one => one.Pod is null ? 0 : Priority(one.Pod.Tree))
                .ThenBy(one => one.Key, StringComparer.Ordinal)
                .Select(one => one.Key)
                .ToList()
        )
        {
            Enqueue(key);
        }
    }

    /// <summary>Who tolerates it is placed on a cordoned node, as every pod of a DaemonSet is.</summary>
    private static readonly JsonObject Cordoned = new()
    {
        ["key"] = "node.kubernetes.io/unschedulable",
        ["effect"] = "NoSchedule",
    };

    private static string? Filter(JsonObject pod, JsonObject node)
    {
        if (node.Flag("spec", "unschedulable") == true && !Tolerated(pod, Cordoned))
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

        return null;
    }

    private string? Lack(JsonObject node, Dictionary<string, double> requests)
    {
        foreach (var (name, amount) in requests)
        {
            if (amount > Free(node, name) + 1e-9)
            {
                return name == "pods" ? "Too many pods"
                    : name.StartsWith(PodSums.HostPort, StringComparison.Ordinal)
                        ? "node(s) didn't have free ports for the requested pod ports"
                    : "Insufficient " + name;
            }
        }

        return null;
    }

    private double Free(JsonObject node, string name) =>
        (
            name.StartsWith(PodSums.HostPort, StringComparison.Ordinal)
                ? 1
                : ResourceQuantity.Read(node.At("status", "allocatable", name)) ?? 0
        ) - (used.GetValueOrDefault(node.Name())?.GetValueOrDefault(name) ?? 0);

    private string? Neighbours(JsonObject pod, JsonObject node) =>
        repelling.Count > 0 || PodNeighbours.Looks(pod)
            ? neighbours.Refusal(pod, node, one => Filter(pod, one) is null)
            : null;

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
                && t.Text("operator") switch
                {
                    "Exists" => t.Text("key") is null or "" || t.Text("key") == taint.Text("key"),
                    "Gt" => Compares(t, taint) > 0,
                    "Lt" => Compares(t, taint) < 0,
                    _ => t.Text("key") == taint.Text("key") && (t.Text("value") ?? "") == (taint.Text("value") ?? ""),
                }
            );

    // The taint's number against the pod's; null: not of the same key, or no numbers.
    private static int? Compares(JsonObject toleration, JsonObject taint) =>
        toleration.Text("key") == taint.Text("key")
        && long.TryParse(taint.Text("value"), out var has)
        && long.TryParse(toleration.Text("value"), out var bound)
            ? has.CompareTo(bound)
            : null;

    // A true condition has no reason.
    private static void Tidy(JsonObject tree)
    {
        var condition = tree.Condition("PodScheduled");
        condition?.Remove("reason");
        condition?.Remove("message");
    }
}
