using System.Text.Json.Nodes;
using Ebb.Simulation.Json;

namespace Ebb.Simulation.World;

/// <summary>Creates a pod from the template of its owner.</summary>
internal static class PodMaker
{
    public static JsonObject From(JsonObject owner, string? name = null, string? generateName = null)
    {
        var template = owner.Object("spec", "template");
        var meta = new JsonObject { ["namespace"] = owner.Namespace() };
        meta.Put("name", name);
        meta.Put("generateName", generateName);
        meta.Put("labels", template.Object("metadata", "labels")?.DeepClone());
        meta.Put("annotations", template.Object("metadata", "annotations")?.DeepClone());
        meta["ownerReferences"] = new JsonArray(owner.OwnerReference());
        return new JsonObject
        {
            ["kind"] = "Pod",
            ["apiVersion"] = "v1",
            ["metadata"] = meta,
            ["spec"] = template.Object("spec")?.DeepClone() ?? new JsonObject(),
        };
    }
}
