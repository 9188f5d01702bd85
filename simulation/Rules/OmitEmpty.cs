using System.Text.Json.Nodes;
using Ebb.Simulation.Json;
using Ebb.Simulation.Schemas;

namespace Ebb.Simulation.Rules;

/// <summary>Removes empty lists and maps of built-in types and of all metadata, as Go's omitempty does.</summary>
internal static class OmitEmpty
{
    public static void Drop(JsonObject tree, Schema? schema)
    {
        foreach (var field in (string[])["labels", "annotations", "finalizers", "ownerReferences"])
        {
            if (tree.At("metadata", field) is JsonObject { Count: 0 } or JsonArray { Count: 0 })
            {
                tree.Meta().Remove(field);
            }
        }

        if (schema is not null)
        {
            Walk(tree, schema);
        }
    }

    private static void Walk(JsonNode node, Schema schema)
    {
        if (node is JsonObject o)
        {
            List<string>? empty = null;
            foreach (var (name, value) in o)
            {
                if (!schema.Properties.TryGetValue(name, out var child))
                {
                    continue;
                }

                if (
                    value is JsonArray { Count: 0 }
                    || (value is JsonObject { Count: 0 } && child.Additional is not null)
                )
                {
                    (empty ??= []).Add(name);
                }
                else if (value is JsonObject or JsonArray)
                {
                    Walk(value, child);
                }
            }

            foreach (var name in empty ?? [])
            {
                o.Remove(name);
            }
        }
        else if (node is JsonArray list && schema.Items is { } items)
        {
            foreach (var item in list.OfType<JsonObject>())
            {
                Walk(item, items);
            }
        }
    }
}
