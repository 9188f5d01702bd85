using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ebb.Core.Workloads.Declared;

/// <summary>JSON values as texts.</summary>
internal static class FieldJson
{
    /// <summary>The JSON of a text.</summary>
    public static string Of(string text) => $"\"{JsonEncodedText.Encode(text)}\"";

    /// <summary>The same value, however it is written; null: absent.</summary>
    public static bool Same(string? one, string? other) =>
        one == other
        || (one is not null && other is not null && Parse(one) is { } a && JsonNode.DeepEquals(a, Parse(other)));

    /// <summary>Null: it is not JSON, or the JSON null.</summary>
    public static JsonNode? Parse(string json)
    {
        try
        {
            return JsonNode.Parse(json);
        }
        catch (JsonException)
        {
            // Somebody has written a Baseline by hand; what writes it back says so.
            return null;
        }
    }
}
