using System.Text.Json;
using Ebb.Core.Capacity;
using Ebb.Kubernetes.Resources;

namespace Ebb.Kubernetes.Capacity;

/// <summary>Reads where a pod may be scheduled. Few pods need this, so parsed documents are fast enough.</summary>
internal static class PlacementReader
{
    public static SmallDictionary Labels(ref Utf8JsonReader reader)
    {
        using var map = JsonDocument.ParseValue(ref reader);
        return map.RootElement.ValueKind != JsonValueKind.Object
            ? SmallDictionary.None
            : new SmallDictionary([
                .. map
                    .RootElement.EnumerateObject()
                    .Select(pair => KeyValuePair.Create(pair.Name, pair.Value.ToString())),
            ]);
    }

    public static IReadOnlyList<NodeTerm> RequiredTerms(ref Utf8JsonReader reader)
    {
        using var affinity = JsonDocument.ParseValue(ref reader);
        return Terms(
            Member(Member(affinity.RootElement, "nodeAffinity"), "requiredDuringSchedulingIgnoredDuringExecution")
        );
    }

    /// <summary>A node selector, as a volume has one.</summary>
    public static IReadOnlyList<NodeTerm> Terms(JsonElement selector) =>
        [
            .. Items(Member(selector, "nodeSelectorTerms"))
                .Select(term => new NodeTerm([
                    .. Requirements(term, "matchExpressions", false),
                    .. Requirements(term, "matchFields", true),
                ])),
        ];

    public static IReadOnlyList<Toleration> Tolerations(ref Utf8JsonReader reader)
    {
        using var list = JsonDocument.ParseValue(ref reader);
        return
        [
            .. Items(list.RootElement)
                .Select(item => new Toleration(
                    Text(item, "key"),
                    Text(item, "operator"),
                    Text(item, "value"),
                    Text(item, "effect")
                )),
        ];
    }

    public static IReadOnlyList<Taint> Taints(ref Utf8JsonReader reader)
    {
        using var list = JsonDocument.ParseValue(ref reader);
        return
        [
            .. Items(list.RootElement)
                .Select(item => new Taint(
                    Text(item, "key") ?? "",
                    Text(item, "value") ?? "",
                    Text(item, "effect") ?? ""
                )),
        ];
    }

    private static IEnumerable<NodeRequirement> Requirements(JsonElement term, string member, bool field) =>
        Items(Member(term, member))
            .Select(item => new NodeRequirement(
                Text(item, "key") ?? "",
                Text(item, "operator") ?? "",
                [.. Items(Member(item, "values")).Select(value => value.ToString())],
                field
            ));

    private static JsonElement Member(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var found) ? found : default;

    private static IEnumerable<JsonElement> Items(JsonElement element) =>
        element.ValueKind == JsonValueKind.Array ? element.EnumerateArray() : [];

    private static string? Text(JsonElement element, string name) =>
        Member(element, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
}
