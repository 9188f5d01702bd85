using System.Text.Json.Nodes;
using Ebb.Simulation.Json;
using Ebb.Simulation.Resources;
using Ebb.Simulation.Store;

namespace Ebb.Simulation.World;

/// <summary>
/// Binds claims of a StorageClass to volumes and makes those that are missing; a claim that waits for its first
/// consumer only once the scheduler has chosen a node.
/// </summary>
internal sealed class VolumeController : Controller
{
    private VolumeBinding binding = null!;

    protected override void Start() => binding = new VolumeBinding(Store);

    public override void Observe(Change change)
    {
        if (change.Type == PersistentVolumeClaimResource.Type)
        {
            Enqueue(change.New.Tree.Key());
        }
        else if (change.Type == PersistentVolumeResource.Type || change.Type == StorageClassResource.Type)
        {
            foreach (var claim in Store.All(PersistentVolumeClaimResource.Type).Where(IsPending))
            {
                Enqueue(claim.Tree.Key());
            }
        }
    }

    public override void Reconcile(string key)
    {
        if (Find(PersistentVolumeClaimResource.Type, key) is not { } claim)
        {
            Release(key);
        }
        else if (IsPending(claim) && !claim.Tree.IsTerminating() && Volume(claim.Tree) is { } volume)
        {
            Bind(claim, volume);
        }
    }

    private static bool IsPending(StoredObject claim) => claim.Tree.Text("status", "phase") != "Bound";

    private StoredObject? Volume(JsonObject claim)
    {
        if (claim.Text("spec", "volumeName") is { Length: > 0 } named)
        {
            return Store.Find(PersistentVolumeResource.Type, "", named);
        }

        if (binding.ClassOf(claim) is not { } storageClass)
        {
            return null;
        }

        if (!VolumeBinding.Waits(storageClass))
        {
            return binding.Free(claim).FirstOrDefault()
                ?? (
                    VolumeBinding.Provisions(storageClass)
                        ? Make(claim, storageClass, VolumeBinding.AnyTopology(storageClass))
                        : null
                );
        }

        return
            claim.Annotation(VolumeBinding.SelectedNode) is { } chosen
            && Store.Find(NodeResource.Type, "", chosen)?.Tree is { } node
            ? binding.Free(claim).FirstOrDefault(volume => VolumeBinding.Reaches(volume.Tree, node))
                ?? (
                    VolumeBinding.Provisions(storageClass)
                    && VolumeBinding.TopologyFor(storageClass, node) is { } topology
                        ? Make(claim, storageClass, topology)
                        : null
                )
            : null;
    }

    private StoredObject Make(
        JsonObject claim,
        JsonObject storageClass,
        IReadOnlyList<(string Key, string Value)> topology
    )
    {
        var spec = new JsonObject
        {
            ["capacity"] = claim.Object("spec", "resources", "requests")?.DeepClone(),
            ["accessModes"] = claim.Items("spec", "accessModes")?.DeepClone(),
            ["persistentVolumeReclaimPolicy"] = storageClass.Text("reclaimPolicy"),
            ["storageClassName"] = storageClass.Name(),
        };
        if (topology.Count > 0)
        {
            spec["nodeAffinity"] = new JsonObject
            {
                ["required"] = new JsonObject
                {
                    ["nodeSelectorTerms"] = new JsonArray(
                        new JsonObject
                        {
                            ["matchExpressions"] = new JsonArray([
                                .. topology.Select(one =>
                                    (JsonNode)
                                        new JsonObject
                                        {
                                            ["key"] = one.Key,
                                            ["operator"] = "In",
                                            ["values"] = new JsonArray(one.Value),
                                        }
                                ),
                            ]),
                        }
                    ),
                },
            };
        }

        return Create(
            PersistentVolumeResource.Type,
            new JsonObject
            {
                ["kind"] = "PersistentVolume",
                ["apiVersion"] = "v1",
                ["metadata"] = new JsonObject { ["name"] = $"pvc-{claim.Uid()}" },
                ["spec"] = spec,
            }
        );
    }

    private void Bind(StoredObject claim, StoredObject volume)
    {
        var bound = Change(
            PersistentVolumeResource.Type,
            volume,
            tree =>
                tree.Ensure("spec")["claimRef"] = new JsonObject
                {
                    ["kind"] = "PersistentVolumeClaim",
                    ["namespace"] = claim.Tree.Namespace(),
                    ["name"] = claim.Tree.Name(),
                    ["uid"] = claim.Tree.Uid(),
                }
        );
        ChangeStatus(PersistentVolumeResource.Type, bound, tree => tree.Ensure("status")["phase"] = "Bound");
        var named = Change(
            PersistentVolumeClaimResource.Type,
            claim,
            tree => tree.Ensure("spec")["volumeName"] = volume.Tree.Name()
        );
        ChangeStatus(PersistentVolumeClaimResource.Type, named, tree => tree.Ensure("status")["phase"] = "Bound");
    }

    private void Release(string key)
    {
        foreach (var volume in Store.All(PersistentVolumeResource.Type).ToList())
        {
            var of = volume.Tree.Object("spec", "claimRef");
            if ($"{of.Text("namespace")}/{of.Text("name")}" != key)
            {
                continue;
            }

            if (volume.Tree.Text("spec", "persistentVolumeReclaimPolicy") == "Delete")
            {
                Delete(PersistentVolumeResource.Type, volume);
            }
            else if (volume.Tree.Text("status", "phase") != "Released")
            {
                ChangeStatus(
                    PersistentVolumeResource.Type,
                    volume,
                    tree => tree.Ensure("status")["phase"] = "Released"
                );
            }
        }
    }
}
