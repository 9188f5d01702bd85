using System.Text.Json.Nodes;

namespace Ebb.Simulation.Schemas;

/// <summary>Fills in defaults. They apply only inside objects that are present.</summary>
internal static class Defaulting
{
    public static void Apply(JsonNode? node, Schema schema)
    {
        switch (node)
        {
            case JsonObject o:
                foreach (var (name, child) in schema.Properties)
                {
                    if (!o.TryGetPropertyValue(name, out var value) || (value is null && !child.Nullable))
                    {
                        if (child.Default is { } standard)
                        {
                            o[name] = value = standard.DeepClone();
                        }
                    }

                    if (value is JsonObject or JsonArray)
                    {
                        Apply(value, child);
                    }
                }

                if (schema.Additional is { } additional)
                {
                    foreach (var (name, value) in o)
                    {
                        if (!schema.Properties.ContainsKey(name) && value is JsonObject or JsonArray)
                        {
                            Apply(value, additional);
                        }
                    }
                }

                break;
            case JsonArray list when schema.Items is { } items:
                foreach (var item in list)
                {
                    Apply(item, items);
                }

                break;
        }
    }
}
