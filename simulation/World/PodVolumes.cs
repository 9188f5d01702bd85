using System.Text.Json.Nodes;
using Ebb.Simulation.Json;
using Ebb.Simulation.Resources;
using Ebb.Simulation.Store;

namespace Ebb.Simulation.World;

/// <summary>The scheduler's filters VolumeBinding and VolumeZone: from which nodes a pod's claims can be had.</summary>
internal sealed class PodVolumes(ObjectStore store)
{
    private readonly VolumeBinding binding = new(store);

    /// <summary>The claims of a pod, and whether each is the pod's own.</summary>
    public static IEnumerable<(string Name, JsonObject? Own)> Claims(JsonObject pod) =>
        pod.Objects("spec", "volumes")
            .Select(volume =>
                volume.Object("ephemeral") is { } own
                    ? ($"{pod.Name()}-{volume.Text("name")}", own)
                    : (volume.Text("persistentVolumeClaim", "claimName") ?? "", null)
            )
            .Where(claim => claim.Item1.Length > 0);

    /// <summary>Why a node is none for a pod; null: it is one.</summary>
    public string? Refusal(JsonObject pod, JsonObject node)
    {
        foreach (var (name, own) in Claims(pod))
        {
            if (Refusal(pod, name, own is not null, node) is { } why)
            {
                return why;
            }
        }

        return null;
    }

    /// <summary>The claims of a pod whose volumes are made or chosen for the node that it goes to.</summary>
    public IEnumerable<StoredObject> WaitingFor(JsonObject pod) =>
        Claims(pod)
            .Select(claim => store.Find(PersistentVolumeClaimResource.Type, pod.Namespace(), claim.Name))
            .OfType<StoredObject>()
            .Where(claim => claim.Tree.Text("status", "phase") != "Bound");

    private string? Refusal(JsonObject pod, string name, bool isOwn, JsonObject node)
    {
        if (store.Find(PersistentVolumeClaimResource.Type, pod.Namespace(), name)?.Tree is not { } claim)
        {
            return isOwn
                ? $"waiting for ephemeral volume controller to create the persistentvolumeclaim \"{name}\""
                : $"persistentvolumeclaim \"{name}\" not found";
        }

        if (claim.IsTerminating())
        {
            return $"persistentvolumeclaim \"{name}\" is being deleted";
        }

        if (claim.Text("spec", "volumeName") is { Length: > 0 } bound)
        {
            return store.Find(PersistentVolumeResource.Type, "", bound)?.Tree is not { } volume
                    ? "node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)"
                : VolumeBinding.Reaches(volume, node) ? null
                : "node(s) had volume node affinity conflict";
        }

        // Without any class a claim has a volume that is reached from anywhere.
        if (claim.Text("status", "phase") == "Bound")
        {
            return null;
        }

        if (binding.ClassOf(claim) is not { } storageClass || !VolumeBinding.Waits(storageClass))
        {
            return "pod has unbound immediate PersistentVolumeClaims";
        }

        var chosen = claim.Annotation(VolumeBinding.SelectedNode);
        return
            (chosen is null || chosen == node.Name())
            && (
                binding.Free(claim).Any(volume => VolumeBinding.Reaches(volume.Tree, node))
                || (VolumeBinding.Provisions(storageClass) && VolumeBinding.TopologyFor(storageClass, node) is not null)
            )
            ? null
            : "node(s) didn't find available persistent volumes to bind";
    }
}
