using System.Text.Json.Nodes;
using Ebb.Simulation.Json;
using Ebb.Simulation.Resources;
using Ebb.Simulation.Rules;
using Ebb.Simulation.Store;

namespace Ebb.Simulation.World;

/// <summary>
/// Attaches volumes to the nodes of the pods that use them, and detaches them when those are gone: both only while the
/// attacher of their driver runs, a Deployment that says in an annotation which driver that is. Volumes of a driver
/// that has none need no attaching.
/// </summary>
internal sealed class VolumeAttacher : Controller
{
    private static readonly TimeSpan Detaching = TimeSpan.FromSeconds(3);

    private readonly Dictionary<string, DateTimeOffset> unusedSince = new(StringComparer.Ordinal);

    protected override string Manager => "csi-attacher";

    /// <summary>Whether a pod must wait for a volume of its own.</summary>
    public static bool IsAwaited(ObjectStore store, JsonObject pod) =>
        Used(store, pod) is { Count: > 0 } used
        && used.Any(volume =>
            Drivers(store).Any(driver => driver.Name == volume.Driver)
            && store
                .Find(VolumeAttachmentResource.Type, "", NameOf(volume.Name, Node(pod)))
                ?.Tree.Flag("status", "attached") != true
        );

    public override void Observe(Change change)
    {
        if (
            change.Type == PodResource.Type
                ? change.New.Tree.Objects("spec", "volumes").Any(v => v.Object("persistentVolumeClaim") is not null)
                : change.Type == DeploymentResource.Type
                    && change.New.Tree.Annotation(SimulationAnnotations.Attaches) is not null
        )
        {
            Enqueue("");
        }
    }

    public override void Reconcile(string key)
    {
        var drivers = Drivers(Store).ToLookup(driver => driver.Name, driver => driver.Runs);
        Dictionary<string, (string Volume, string Driver, string Node)> wanted = new(StringComparer.Ordinal);
        foreach (var pod in Store.All(PodResource.Type).Where(p => Node(p.Tree).Length > 0))
        {
            foreach (var volume in Used(Store, pod.Tree).Where(volume => drivers.Contains(volume.Driver)))
            {
                wanted[NameOf(volume.Name, Node(pod.Tree))] = (volume.Name, volume.Driver, Node(pod.Tree));
            }
        }

        foreach (var (name, volume) in wanted)
        {
            unusedSince.Remove(name);
            var attachment =
                Store.Find(VolumeAttachmentResource.Type, "", name)
                ?? Create(VolumeAttachmentResource.Type, Made(name, volume));
            if (attachment.Tree.Flag("status", "attached") != true && drivers[volume.Driver].Contains(true))
            {
                ChangeStatus(
                    VolumeAttachmentResource.Type,
                    attachment,
                    tree => tree.Ensure("status")["attached"] = true
                );
            }
        }

        foreach (
            var left in Store
                .All(VolumeAttachmentResource.Type)
                .Where(one => drivers[one.Tree.Text("spec", "attacher") ?? ""].Contains(true))
                .Where(one => !wanted.ContainsKey(one.Tree.Name()))
                .ToList()
        )
        {
            var name = left.Tree.Name();
            var gone = (unusedSince.TryGetValue(name, out var since) ? since : unusedSince[name] = Now) + Detaching;
            if (Now < gone)
            {
                At("", gone);
                continue;
            }

            unusedSince.Remove(name);
            Delete(VolumeAttachmentResource.Type, left);
        }
    }

    private static JsonObject Made(string name, (string Volume, string Driver, string Node) of) =>
        new()
        {
            ["kind"] = "VolumeAttachment",
            ["apiVersion"] = "storage.k8s.io/v1",
            ["metadata"] = new JsonObject { ["name"] = name },
            ["spec"] = new JsonObject
            {
                ["attacher"] = of.Driver,
                ["nodeName"] = of.Node,
                ["source"] = new JsonObject { ["persistentVolumeName"] = of.Volume },
            },
        };

    private static string NameOf(string volume, string node) => "csi-" + NameGenerator.Hash(volume + node);

    private static string Node(JsonObject pod) => pod.Text("spec", "nodeName") ?? "";

    private static IEnumerable<(string Name, bool Runs)> Drivers(ObjectStore store) =>
        store
            .All(DeploymentResource.Type)
            .Select(one =>
                (one.Tree.Annotation(SimulationAnnotations.Attaches), one.Tree.Whole("status", "readyReplicas"))
            )
            .Where(one => one.Item1 is not null)
            .Select(one => (one.Item1!, one.Item2 > 0));

    private static IReadOnlyList<(string Name, string Driver)> Used(ObjectStore store, JsonObject pod) =>
        [
            .. pod.Objects("spec", "volumes")
                .Select(volume => volume.Text("persistentVolumeClaim", "claimName"))
                .OfType<string>()
                .Select(claim =>
                    store
                        .Find(PersistentVolumeClaimResource.Type, pod.Namespace(), claim)
                        ?.Tree.Text("spec", "volumeName")
                )
                .OfType<string>()
                .Select(name =>
                    (name, store.Find(PersistentVolumeResource.Type, "", name)?.Tree.Text("spec", "csi", "driver"))
                )
                .Where(volume => volume.Item2 is not null)
                .Select(volume => (volume.name, volume.Item2!)),
        ];
}
