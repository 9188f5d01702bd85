using System.Globalization;
using System.Text.Json;

namespace Ebb.Engine.Hooks;

/// <summary>A value in a JSON document by names and indexes with dots between them.</summary>
internal static class JsonPlace
{
    /// <summary>As text; null: it is no JSON, or there is no such value.</summary>
    public static string? Find(ReadOnlyMemory<byte> document, string path)
    {
        try
        {
            using var json = JsonDocument.Parse(document);
            var at = json.RootElement;
            foreach (var part in path.Split('.'))
            {
                if (at.ValueKind == JsonValueKind.Object && at.TryGetProperty(part, out var member))
                    at = member;
                else if (
                    at.ValueKind == JsonValueKind.Array
                    && int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
                    && index < at.GetArrayLength()
                )
                    at = at[index];
                else
                    return null;
            }
            return at.ValueKind switch
            {
                JsonValueKind.String => at.GetString(),
                JsonValueKind.Object or JsonValueKind.Array or JsonValueKind.Null => null,
                _ => at.GetRawText(),
            };
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
