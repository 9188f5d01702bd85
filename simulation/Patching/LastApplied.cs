using System.Text.Json.Nodes;
using Ebb.Simulation.Json;

namespace Ebb.Simulation.Patching;

/// <summary>
/// kubectl's annotation with what it applied on the client's side. The server updates it when kubectl uses server-side
/// apply, so that client-side apply can be used again.
/// </summary>
internal static class LastApplied
{
    public const string Annotation = "kubectl.kubernetes.io/last-applied-configuration";

    /// <summary>
    /// Only for kubectl, and only where the annotation exists and the applied object does not have one.
    /// </summary>
    public static void KeepInStep(JsonObject tree, JsonObject applied, string manager)
    {
        if (manager == "kubectl" && tree.Annotation(Annotation) is not null && applied.Annotation(Annotation) is null)
        {
            tree.Ensure("metadata", "annotations")[Annotation] =
                Sorted(applied)!.ToJsonString(Schemas.FieldErrors.Plain) + "\n";
        }
    }

    // As Go writes maps: by key.
    private static JsonNode? Sorted(JsonNode? node) =>
        node switch
        {
            JsonObject o => new JsonObject(
                o.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => KeyValuePair.Create(p.Key, Sorted(p.Value)))
            ),
            JsonArray a => new JsonArray([.. a.Select(Sorted)]),
            _ => node?.DeepClone(),
        };
}
