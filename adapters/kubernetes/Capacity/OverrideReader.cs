using System.Text.Json;
using Ebb.Core.Overrides;
using Ebb.Kubernetes.Resources;

namespace Ebb.Kubernetes.Capacity;

/// <summary>
/// An override as the functions store it, one under each key that begins with <c>override.</c>; null when it cannot be
/// read.
/// </summary>
internal static class OverrideReader
{
    public const string Prefix = "override.";

    public static Override? Read(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var item = document.RootElement;
            if (
                item.ValueKind != JsonValueKind.Object
                || !Enum.TryParse<OverrideEffect>(Text(item, "effect"), ignoreCase: true, out var effect)
                || !Enum.IsDefined(effect)
                || Text(item, "kind") is not { } kind
                || Text(item, "namespace") is not { } space
                || Text(item, "name") is not { } name
                || KubernetesTime.Parse(Text(item, "at")) is not { } at
                || KubernetesTime.Parse(Text(item, "until")) is not { } until
            )
                return null;
            return new Override
            {
                Kind = kind,
                Namespace = space,
                Name = name,
                Effect = effect,
                Replicas =
                    item.TryGetProperty("replicas", out var number)
                    && number.ValueKind == JsonValueKind.Number
                    && number.TryGetInt32(out var count)
                    && count >= 0
                        ? count
                        : null,
                Reason = Text(item, "reason") ?? "",
                At = at,
                Until = until,
                TakenBack = item.TryGetProperty("takenBack", out var back) && back.ValueKind == JsonValueKind.True,
            };
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Text(JsonElement of, string name) =>
        of.TryGetProperty(name, out var found) && found.ValueKind == JsonValueKind.String ? found.GetString() : null;
}
