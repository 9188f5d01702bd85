using System.Text.Json.Nodes;

namespace Ebb.Simulation.Schemas;

/// <summary>Removes fields that the schema does not know, and returns their paths.</summary>
internal static class Pruning
{
    private static readonly HashSet<string> OfObjects = new(StringComparer.Ordinal)
    {
        "apiVersion",
        "kind",
        "metadata",
    };

    /// <param name="root">True for a whole Kubernetes object, whose metadata is not in the schema.</param>
    public static void Apply(JsonNode? node, Schema schema, List<string> unknown, string path = "", bool root = true)
    {
        switch (node)
        {
            case JsonObject o when schema.Shape is Shape.Object:
                List<string>? drop = null;
                foreach (var (name, value) in o)
                {
                    if ((root || schema.Embedded) && OfObjects.Contains(name))
                    {
                        continue;
                    }

                    var here = path.Length == 0 ? name : path + "." + name;
                    if (schema.Of(name) is not { } child)
                    {
                        (drop ??= []).Add(name);
                        unknown.Add(here);
                    }
                    else if (value is JsonObject or JsonArray)
                    {
                        Apply(value, child, unknown, here, root: false);
                    }
                }

                foreach (var name in drop ?? [])
                {
                    o.Remove(name);
                }

                break;
            case JsonArray list when schema.Items is { } items:
                for (var i = 0; i < list.Count; i++)
                {
                    if (list[i] is JsonObject or JsonArray)
                    {
                        Apply(list[i], items, unknown, $"{path}[{i}]", root: false);
                    }
                }

                break;
        }
    }
}
