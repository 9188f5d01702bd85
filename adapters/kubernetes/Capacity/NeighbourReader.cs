using System.Text.Json;
using Ebb.Core.Capacity;
using Ebb.Kubernetes.Resources;

namespace Ebb.Kubernetes.Capacity;

/// <summary>
/// Reads which other pods decide where a pod may go, as far as that is counted; the rest is named. Few pods have any.
/// </summary>
internal static class NeighbourReader
{
    public const string Hostname = "kubernetes.io/hostname";
    private const string Required = "requiredDuringSchedulingIgnoredDuringExecution";
    private static readonly PodTerm Unset = new("", static (_, _) => false);

    /// <summary>
    /// Required anti-affinity, and of a pod that waits required affinity by hostname. What is required and not counted
    /// goes to what cannot be counted; null: of a pod that runs only what it repels matters.
    /// </summary>
    public static (IReadOnlyList<AffinityTerm> Repels, IReadOnlyList<AffinityTerm> Attracts) Affinity(
        ref Utf8JsonReader reader,
        bool template,
        List<string>? uncountable
    )
    {
        using var affinity = JsonDocument.ParseValue(ref reader);
        var attracts = Items(Member(Member(affinity.RootElement, "podAffinity"), Required)).ToList();
        if (template && attracts.Count > 0)
            uncountable?.Add("affinity.podAffinity");
        var repels = Items(Member(Member(affinity.RootElement, "podAntiAffinity"), Required));
        return (
            [.. repels.Select(term => Term(term, "affinity.podAntiAffinity", uncountable))],
            template || uncountable is null
                ? []
                : [.. attracts.Select(term => Term(term, "affinity.podAffinity", uncountable))]
        );
    }

    private static AffinityTerm Term(JsonElement term, string kind, List<string>? uncountable)
    {
        var key = Text(term, "topologyKey") ?? "";
        var spaces = Member(term, "namespaceSelector");
        var everywhere = spaces.ValueKind == JsonValueKind.Object;
        if (key != Hostname)
            uncountable?.Add($"{kind} by {key}");
        else if (everywhere && spaces.EnumerateObject().Any())
            uncountable?.Add($"{kind} with a namespaceSelector");
        else if (Items(Member(term, "matchLabelKeys")).Any() || Items(Member(term, "mismatchLabelKeys")).Any())
            uncountable?.Add($"{kind} with matchLabelKeys or mismatchLabelKeys");
        // Of pods that run a selector of namespaces is taken for all: rather one node too few than one too many.
        return new AffinityTerm(
            Selector(term),
            [.. Items(Member(term, "namespaces")).Select(one => one.ToString())],
            everywhere
        )
        {
            Key = key,
        };
    }

    /// <summary>Whether the scheduler enforces a spread.</summary>
    public static bool IsSpread(ref Utf8JsonReader reader)
    {
        using var list = JsonDocument.ParseValue(ref reader);
        return Enforced(list).Any();
    }

    /// <summary>The spread that the scheduler enforces.</summary>
    public static SpreadTerm? Spread(ref Utf8JsonReader reader, List<string> uncountable)
    {
        using var list = JsonDocument.ParseValue(ref reader);
        var enforced = Enforced(list).ToList();
        if (enforced.Count == 0)
            return null;
        if (enforced.Count > 1)
        {
            uncountable.Add("several topologySpreadConstraints with DoNotSchedule");
            return null;
        }

        var only = enforced[0];
        var keys = Items(Member(only, "matchLabelKeys")).Select(one => one.ToString()).ToList();
        if (keys.Any(key => key != "pod-template-hash"))
            uncountable.Add("topologySpreadConstraints with matchLabelKeys");
        return new SpreadTerm(
            new SpreadRule(
                Text(only, "topologyKey") ?? "",
                Number(only, "maxSkew") ?? 1,
                Number(only, "minDomains"),
                Unset,
                Text(only, "nodeTaintsPolicy") == "Honor",
                Text(only, "nodeAffinityPolicy") != "Ignore"
            ),
            new AffinityTerm(Selector(only), [], false),
            keys.Count > 0
        );
    }

    /// <summary>Claims by the names that the pod gives them.</summary>
    public static IEnumerable<string> Names(ref Utf8JsonReader reader)
    {
        using var list = JsonDocument.ParseValue(ref reader);
        return [.. Items(list.RootElement).Select(one => Text(one, "name") ?? "")];
    }

    private static IEnumerable<JsonElement> Enforced(JsonDocument list) =>
        Items(list.RootElement).Where(one => Text(one, "whenUnsatisfiable") is null or "DoNotSchedule");

    private static LabelSelector? Selector(JsonElement term) =>
        Member(term, "labelSelector") is { ValueKind: JsonValueKind.Object } found
            ? found.Deserialize(CapacityKindsJson.Default.LabelSelector)
            : null;

    private static JsonElement Member(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var found) ? found : default;

    private static IEnumerable<JsonElement> Items(JsonElement element) =>
        element.ValueKind == JsonValueKind.Array ? element.EnumerateArray() : [];

    private static string? Text(JsonElement element, string name) =>
        Member(element, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    private static int? Number(JsonElement element, string name) =>
        Member(element, name) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out var value)
            ? value
            : null;
}
