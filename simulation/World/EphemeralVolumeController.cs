using System.Text.Json.Nodes;
using Ebb.Simulation.Json;
using Ebb.Simulation.Resources;
using Ebb.Simulation.Store;

namespace Ebb.Simulation.World;

/// <summary>Creates the claims that pods have of their own; they go with their pods.</summary>
internal sealed class EphemeralVolumeController : Controller
{
    public override void Observe(Change change)
    {
        if (
            change.Type == PodResource.Type
            && change.Kind != ChangeKind.Deleted
            && PodVolumes.Claims(change.New.Tree).Any(claim => claim.Own is not null)
        )
        {
            Enqueue(change.New.Tree.Key());
        }
    }

    public override void Reconcile(string key)
    {
        if (Find(PodResource.Type, key) is not { } pod || pod.Tree.IsTerminating())
        {
            return;
        }

        foreach (var (name, own) in PodVolumes.Claims(pod.Tree))
        {
            if (
                own.Object("volumeClaimTemplate") is not { } template
                || Store.Find(PersistentVolumeClaimResource.Type, pod.Tree.Namespace(), name) is not null
            )
            {
                continue;
            }

            var meta = template.Object("metadata")?.Copy() ?? [];
            (meta["name"], meta["namespace"]) = (name, pod.Tree.Namespace());
            meta["ownerReferences"] = new JsonArray(
                new JsonObject
                {
                    ["apiVersion"] = "v1",
                    ["kind"] = "Pod",
                    ["name"] = pod.Tree.Name(),
                    ["uid"] = pod.Tree.Uid(),
                    ["controller"] = true,
                    ["blockOwnerDeletion"] = true,
                }
            );
            Create(
                PersistentVolumeClaimResource.Type,
                new JsonObject
                {
                    ["kind"] = "PersistentVolumeClaim",
                    ["apiVersion"] = "v1",
                    ["metadata"] = meta,
                    ["spec"] = template.Object("spec")?.Copy() ?? new JsonObject(),
                }
            );
        }
    }
}
