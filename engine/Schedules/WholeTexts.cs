using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ebb.Engine.Schedules;

/// <summary>JSON all of whose texts can be read: one with half a surrogate pair is valid JSON and no text.</summary>
internal static class WholeTexts
{
    /// <exception cref="JsonException">It is no JSON, or has such a text; with the place.</exception>
    public static JsonNode? Parse(string json, JsonDocumentOptions options)
    {
        var bytes = Encoding.UTF8.GetBytes(json);
        var reader = new Utf8JsonReader(bytes);
        while (reader.Read())
            if (reader is { TokenType: JsonTokenType.String or JsonTokenType.PropertyName, ValueIsEscaped: true })
                Check(ref reader, bytes);
        return JsonNode.Parse(bytes, documentOptions: options);
    }

    private static void Check(ref Utf8JsonReader reader, ReadOnlySpan<byte> bytes)
    {
        try
        {
            reader.GetString();
        }
        catch (InvalidOperationException broken)
        {
            var before = bytes[..(int)reader.TokenStartIndex];
            var column = before.Length - (before.LastIndexOf((byte)'\n') + 1);
            throw new JsonException(null, null, before.Count((byte)'\n'), column, broken);
        }
    }
}
