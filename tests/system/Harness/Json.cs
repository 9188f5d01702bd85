using System.Text.Json.Nodes;

namespace Ebb.Tests.Harness;

/// <summary>JSON to be compared.</summary>
internal static class Json
{
    /// <summary>The order of members says nothing, and an empty object is as good as none.</summary>
    public static string Sorted(JsonNode? node) =>
        node switch
        {
            null or JsonObject { Count: 0 } => "",
            JsonObject map =>
                $"{{{string.Join(',', map.OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => $"{m.Key}:{Sorted(m.Value)}"))}}}",
            JsonArray list => $"[{string.Join(',', list.Select(Sorted))}]",
            _ => node.ToJsonString(),
        };
}
