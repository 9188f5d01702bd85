using System.Text.Json;
using Ebb.Core.Workloads;

namespace Ebb.Kubernetes.Resources;

/// <summary>The conditions in a status of which nothing else is known.</summary>
internal static class ConditionReader
{
    /// <summary>Null: there is none of this type.</summary>
    public static ConditionView? Find(JsonElement? status, string type)
    {
        if (
            status is not { ValueKind: JsonValueKind.Object } of
            || !of.TryGetProperty("conditions", out var list)
            || list.ValueKind != JsonValueKind.Array
        )
            return null;
        foreach (var one in list.EnumerateArray())
            if (Text(one, "type") == type)
                return new ConditionView(Text(one, "status") ?? "", Text(one, "reason"), Text(one, "message"));
        return null;
    }

    private static string? Text(JsonElement of, string member) =>
        of.ValueKind == JsonValueKind.Object
        && of.TryGetProperty(member, out var found)
        && found.ValueKind == JsonValueKind.String
            ? found.GetString()
            : null;
}
