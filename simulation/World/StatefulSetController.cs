using System.Globalization;
using System.Text.Json.Nodes;
using Ebb.Simulation.Json;
using Ebb.Simulation.Resources;
using Ebb.Simulation.Rules;
using Ebb.Simulation.Store;

namespace Ebb.Simulation.World;

/// <summary>
/// Pods with ordinals. OrderedReady: up one by one as each gets ready, down from the top one by one as each is gone.
/// Parallel: all at once. Terminating pods still count as replicas, unlike a Deployment's.
/// </summary>
internal sealed class StatefulSetController : Controller
{
    public override void Observe(Change change)
    {
        if (change.Type == StatefulSetResource.Type)
        {
            Enqueue(change.New.Tree.Key());
        }
        else if (change.Type == PodResource.Type && OwnerKey(change.New.Tree, "StatefulSet") is { } owner)
        {
            Enqueue(owner);
        }
    }

    public override void Reconcile(string key)
    {
        if (Find(StatefulSetResource.Type, key) is not { } set || set.Tree.IsTerminating())
        {
            return;
        }

        var pods = Pods(set);
        var wanted = (int)(set.Tree.Whole("spec", "replicas") ?? 1);
        var first = (int)(set.Tree.Whole("spec", "ordinals", "start") ?? 0);
        var parallel = set.Tree.Text("spec", "podManagementPolicy") == "Parallel";
        if (Grow(set, pods, first, wanted, parallel))
        {
            Shrink(set, pods, first, wanted, parallel);
        }

        Report(key);
    }

    // True: pods may be deleted.
    private bool Grow(StoredObject set, SortedDictionary<int, StoredObject> pods, int first, int wanted, bool parallel)
    {
        for (var ordinal = first; ordinal < first + wanted; ordinal++)
        {
            if (!pods.TryGetValue(ordinal, out var pod))
            {
                Make(set, ordinal);
                if (!parallel)
                {
                    return false;
                }
            }
            else if (PodResource.IsOver(pod.Tree) && !pod.Tree.IsTerminating())
            {
                Delete(PodResource.Type, pod);
                return false;
            }
            else if (!parallel && (pod.Tree.IsTerminating() || !PodResource.IsReady(pod.Tree)))
            {
                return false;
            }
        }

        return true;
    }

    private void Shrink(
        StoredObject set,
        SortedDictionary<int, StoredObject> pods,
        int first,
        int wanted,
        bool parallel
    )
    {
        foreach (var (ordinal, pod) in pods.Reverse())
        {
            if (ordinal >= first && ordinal < first + wanted)
            {
                continue;
            }

            if (!pod.Tree.IsTerminating())
            {
                Tell(
                    set.Tree,
                    "Normal",
                    "SuccessfulDelete",
                    $"delete Pod {pod.Tree.Name()} in StatefulSet {set.Tree.Name()} successful",
                    "statefulset-controller"
                );
                Delete(PodResource.Type, pod);
                if (set.Tree.Text("spec", "persistentVolumeClaimRetentionPolicy", "whenScaled") == "Delete")
                {
                    DropClaims(set, ordinal);
                }
            }

            if (!parallel)
            {
                return;
            }
        }
    }

    private void Make(StoredObject set, int ordinal)
    {
        var name = set.Tree.Name() + "-" + ordinal.ToString(CultureInfo.InvariantCulture);
        foreach (var claim in set.Tree.Objects("spec", "volumeClaimTemplates"))
        {
            var claimName = claim.Name() + "-" + name;
            if (Store.Find(PersistentVolumeClaimResource.Type, set.Tree.Namespace(), claimName) is null)
            {
                Create(
                    PersistentVolumeClaimResource.Type,
                    new JsonObject
                    {
                        ["kind"] = "PersistentVolumeClaim",
                        ["apiVersion"] = "v1",
                        ["metadata"] = new JsonObject
                        {
                            ["name"] = claimName,
                            ["namespace"] = set.Tree.Namespace(),
                            ["labels"] = set.Tree.Object("spec", "selector", "matchLabels")?.DeepClone(),
                        },
                        ["spec"] = claim.Object("spec")?.DeepClone() ?? new JsonObject(),
                    }
                );
            }
        }

        var pod = PodMaker.From(set.Tree, name);
        var labels = pod.Ensure("metadata", "labels");
        labels["apps.kubernetes.io/pod-index"] = ordinal.ToString(CultureInfo.InvariantCulture);
        labels["controller-revision-hash"] = Revision(set.Tree);
        labels["statefulset.kubernetes.io/pod-name"] = name;
        pod.Ensure("spec")["hostname"] = name;
        if (set.Tree.Text("spec", "serviceName") is { Length: > 0 } service)
        {
            pod.Ensure("spec")["subdomain"] = service;
        }

        Create(PodResource.Type, pod);
        Tell(
            set.Tree,
            "Normal",
            "SuccessfulCreate",
            $"create Pod {name} in StatefulSet {set.Tree.Name()} successful",
            "statefulset-controller"
        );
    }

    private void DropClaims(StoredObject set, int ordinal)
    {
        foreach (var claim in set.Tree.Objects("spec", "volumeClaimTemplates"))
        {
            var name = $"{claim.Name()}-{set.Tree.Name()}-{ordinal}";
            if (Store.Find(PersistentVolumeClaimResource.Type, set.Tree.Namespace(), name) is { } stored)
            {
                Delete(PersistentVolumeClaimResource.Type, stored);
            }
        }
    }

    private void Report(string key)
    {
        if (Find(StatefulSetResource.Type, key) is not { } set)
        {
            return;
        }

        var pods = Pods(set).Values;
        var revision = Revision(set.Tree);
        var all = pods.Count;
        var ready = pods.Count(p => PodResource.IsReady(p.Tree));
        var current = pods.Count(p => !p.Tree.IsTerminating() && p.Tree.Label("controller-revision-hash") == revision);
        ChangeStatus(
            StatefulSetResource.Type,
            set,
            tree =>
            {
                var status = tree.Ensure("status");
                status["observedGeneration"] = tree.Whole("metadata", "generation");
                status["replicas"] = all;
                status.Put("readyReplicas", ready == 0 ? null : ready);
                status.Put("currentReplicas", current == 0 ? null : current);
                status.Put("updatedReplicas", current == 0 ? null : current);
                status["availableReplicas"] = ready;
                status["currentRevision"] = revision;
                status["updateRevision"] = revision;
                status["collisionCount"] ??= 0;
            }
        );
    }

    private SortedDictionary<int, StoredObject> Pods(StoredObject set)
    {
        var pods = new SortedDictionary<int, StoredObject>();
        foreach (var pod in OwnedBy(set, PodResource.Type))
        {
            var name = pod.Tree.Name();
            if (
                int.TryParse(
                    name[(name.LastIndexOf('-') + 1)..],
                    NumberStyles.None,
                    CultureInfo.InvariantCulture,
                    out var ordinal
                )
            )
            {
                pods[ordinal] = pod;
            }
        }

        return pods;
    }

    private static string Revision(JsonObject set) =>
        set.Name() + "-" + NameGenerator.Hash(set.At("spec", "template")!.ToJsonString());
}
