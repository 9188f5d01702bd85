using System.Text.Json.Nodes;
using Ebb.Simulation.Json;
using Ebb.Simulation.Resources;
using Ebb.Simulation.Selectors;
using Ebb.Simulation.Store;

namespace Ebb.Simulation.World;

/// <summary>Which volumes a claim may have, and from which nodes, as binder and scheduler both see it.</summary>
internal sealed class VolumeBinding(ObjectStore store)
{
    /// <summary>The scheduler's choice for a claim that waits for its first consumer.</summary>
    public const string SelectedNode = "volume.kubernetes.io/selected-node";

    private const string DefaultClass = "storageclass.kubernetes.io/is-default-class";
    private static readonly string[] ZoneLabels = ["topology.kubernetes.io/zone", "topology.kubernetes.io/region"];

    /// <summary>The class that a claim without one gets: the youngest default one.</summary>
    public static string? Default(ObjectStore store) =>
        store
            .All(StorageClassResource.Type)
            .Where(one => one.Tree.Annotation(DefaultClass) == "true")
            .OrderByDescending(one => one.Tree.Text("metadata", "creationTimestamp"), StringComparer.Ordinal)
            .ThenBy(one => one.Tree.Name(), StringComparer.Ordinal)
            .FirstOrDefault()
            ?.Tree.Name();

    public JsonObject? ClassOf(JsonObject claim) =>
        claim.Text("spec", "storageClassName") is { Length: > 0 } name
            ? store.Find(StorageClassResource.Type, "", name)?.Tree
            : null;

    public static bool Waits(JsonObject? storageClass) =>
        storageClass.Text("volumeBindingMode") == "WaitForFirstConsumer";

    /// <summary>Whether volumes are made for it, rather than by hand.</summary>
    public static bool Provisions(JsonObject? storageClass) =>
        storageClass.Text("provisioner") is { Length: > 0 } name && name != "kubernetes.io/no-provisioner";

    /// <summary>Free volumes that are what a claim asks for, the smallest first.</summary>
    public IEnumerable<StoredObject> Free(JsonObject claim) =>
        store
            .All(PersistentVolumeResource.Type)
            .Where(one =>
                one.Tree.Object("spec", "claimRef") is null
                && (one.Tree.Text("spec", "storageClassName") ?? "") == (claim.Text("spec", "storageClassName") ?? "")
                && Size(one.Tree, "capacity") >= Size(claim.Object("spec"), "requests")
                && (claim.Items("spec", "accessModes") ?? []).All(mode =>
                    one.Tree.Items("spec", "accessModes")?.Any(other => other?.ToString() == mode?.ToString()) == true
                )
            )
            .OrderBy(one => Size(one.Tree, "capacity"))
            .ThenBy(one => one.Tree.Name(), StringComparer.Ordinal);

    /// <summary>Whether a volume can be reached from a node.</summary>
    public static bool Reaches(JsonObject volume, JsonObject node)
    {
        var labels = node.Object("metadata", "labels");
        var terms = volume.Items("spec", "nodeAffinity", "required", "nodeSelectorTerms");
        if (terms?.OfType<JsonObject>().Any(term => LabelMatcher.OfObject(term).Matches(labels)) == false)
        {
            return false;
        }

        return ZoneLabels.All(key =>
            volume.Text("metadata", "labels", key) is not { Length: > 0 } zones
            || ZoneLabels.All(one => labels.Text(one) is null)
            || zones.Split("__").Contains(labels.Text(key))
        );
    }

    /// <summary>Where a class makes volumes for a node; null: nowhere that it reaches.</summary>
    public static IReadOnlyList<(string Key, string Value)>? TopologyFor(JsonObject storageClass, JsonObject node)
    {
        var labels = node.Object("metadata", "labels");
        if (storageClass.Items("allowedTopologies") is not { Count: > 0 })
        {
            return labels.Text(ZoneLabels[0]) is { } zone ? [(ZoneLabels[0], zone)] : [];
        }

        return Terms(storageClass)
            .Where(term =>
                term.Count > 0 && term.All(one => labels.Text(one.Key) is { } value && one.Values.Contains(value))
            )
            .Select(term => (IReadOnlyList<(string, string)>)[.. term.Select(one => (one.Key, labels.Text(one.Key)!))])
            .FirstOrDefault();
    }

    /// <summary>Where a class makes volumes for nobody yet.</summary>
    public static IReadOnlyList<(string Key, string Value)> AnyTopology(JsonObject storageClass) =>
        Terms(storageClass).Select(term => term.Select(one => (one.Key, one.Values[0])).ToList()).FirstOrDefault()
        ?? [];

    private static IEnumerable<List<(string Key, List<string> Values)>> Terms(JsonObject storageClass) =>
        storageClass
            .Objects("allowedTopologies")
            .Select(term =>
                term.Objects("matchLabelExpressions")
                    .Select(one => (one.Text("key") ?? "", (one.Items("values") ?? []).Select(v => $"{v}").ToList()))
                    .ToList()
            );

    private static double Size(JsonObject? of, string what) =>
        ResourceQuantity.Read(
            of.At(what == "capacity" ? ["spec", "capacity", "storage"] : ["resources", what, "storage"])
        ) ?? (what == "capacity" ? double.MaxValue : 0);
}
