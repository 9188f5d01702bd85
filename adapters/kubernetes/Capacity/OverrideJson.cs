using System.Text.Json;
using Ebb.Core.Planning.Claims;

namespace Ebb.Kubernetes.Capacity;

/// <summary>A person's wish for one workload.</summary>
/// <param name="Kind">The workload's kind.</param>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Name">Its name.</param>
/// <param name="Claim">What is asked.</param>
public sealed record Override(string Kind, string Namespace, string Name, Claim Claim);

/// <summary>
/// The state under the key <c>overrides</c>: <c>{"items":[{"kind","namespace","name","effect","value","reason","since","until"}]}</c>,
/// the effect one of asleep, atMost, atLeast, exactly. An item that cannot be read is left out.
/// </summary>
internal static class OverrideJson
{
    public static IReadOnlyList<Override> Read(string? json)
    {
        if (json is null) return [];
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("items", out var items) && items.ValueKind == JsonValueKind.Array
                ? [.. items.EnumerateArray().Select(Item).OfType<Override>()] : [];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    private static Override? Item(JsonElement item)
    {
        if (item.ValueKind != JsonValueKind.Object || !Enum.TryParse<ClaimEffect>(Text(item, "effect"), ignoreCase: true, out var effect) || !Enum.IsDefined(effect)) return null;
        var value = item.TryGetProperty("value", out var number) && number.TryGetInt32(out var n) ? n : 0;
        if (value < 0 || Text(item, "name") is not { } name || Text(item, "kind") is not { } kind || Text(item, "namespace") is not { } space) return null;
        return new Override(kind, space, name, new Claim(
            ClaimSource.Override, effect, value, Text(item, "reason") ?? "a person asked for it", Times.Parse(Text(item, "since")), Times.Parse(Text(item, "until"))));
    }

    private static string? Text(JsonElement of, string name) => of.TryGetProperty(name, out var found) && found.ValueKind == JsonValueKind.String ? found.GetString() : null;
}
