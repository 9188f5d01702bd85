using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ebb.Core.Time.Sizing;

/// <summary>
/// Whether an object says what it is asked to say; what the API server added by itself does not matter.
/// </summary>
public static class JsonSubset
{
    /// <summary>
    /// Every member of <paramref name="wanted"/> is in <paramref name="present"/>; lists have as many items, in the
    /// same order.
    /// </summary>
    public static bool Holds(JsonElement wanted, JsonElement? present) =>
        (wanted.ValueKind, present?.ValueKind) switch
        {
            (JsonValueKind.Null, null or JsonValueKind.Null) => true,
            (JsonValueKind.Object, JsonValueKind.Object) => wanted
                .EnumerateObject()
                .All(member =>
                    Holds(member.Value, present!.Value.TryGetProperty(member.Name, out var found) ? found : null)
                ),
            (JsonValueKind.Object, null) => !wanted.EnumerateObject().Any(),
            (JsonValueKind.Array, JsonValueKind.Array) => wanted.GetArrayLength() == present!.Value.GetArrayLength()
                && wanted
                    .EnumerateArray()
                    .Zip(present.Value.EnumerateArray())
                    .All(pair => Holds(pair.First, pair.Second)),
            (JsonValueKind.Number or JsonValueKind.String, JsonValueKind.Number or JsonValueKind.String) => Same(
                Text(wanted),
                Text(present!.Value)
            ),
            var (one, other) => one == other,
        };

    /// <summary>A copy of an element as a node.</summary>
    public static JsonNode? Copy(JsonElement element) => JsonNode.Parse(element.GetRawText());

    // 1000m and 1 are one quantity; the server writes the shorter.
    private static bool Same(string wanted, string present) =>
        wanted == present || (Quantity(wanted) is { } one && one == Quantity(present));

    private static string Text(JsonElement element) =>
        element.ValueKind == JsonValueKind.String ? element.GetString()! : element.GetRawText();

    private static decimal? Quantity(string text)
    {
        var digits = text.Length;
        while (digits > 0 && !char.IsAsciiDigit(text[digits - 1]) && text[digits - 1] != '.')
            digits--;
        decimal? factor = text[digits..] switch
        {
            "" => 1m,
            "m" => 0.001m,
            "k" => 1e3m,
            "M" => 1e6m,
            "G" => 1e9m,
            "T" => 1e12m,
            "Ki" => 1024m,
            "Mi" => 1048576m,
            "Gi" => 1073741824m,
            "Ti" => 1099511627776m,
            _ => null,
        };
        return
            factor is { } by
            && digits is > 0 and < 16
            && decimal.TryParse(
                text.AsSpan(0, digits),
                NumberStyles.Number,
                CultureInfo.InvariantCulture,
                out var number
            )
            ? number * by
            : null;
    }
}
