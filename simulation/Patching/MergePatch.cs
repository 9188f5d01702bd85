using System.Text.Json.Nodes;

namespace Ebb.Simulation.Patching;

/// <summary>RFC 7386.</summary>
internal static class MergePatch
{
    public static JsonNode? Apply(JsonNode? target, JsonNode? patch)
    {
        if (patch is not JsonObject changes)
        {
            return patch?.DeepClone();
        }

        var result = target as JsonObject ?? [];
        foreach (var (name, value) in changes)
        {
            if (value is null)
            {
                result.Remove(name);
            }
            else if (value is JsonObject && result[name] is JsonObject inner)
            {
                Apply(inner, value);
            }
            else
            {
                result[name] = Apply(null, value);
            }
        }

        return result;
    }
}
