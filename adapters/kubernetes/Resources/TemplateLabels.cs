using System.Text.Json;

namespace Ebb.Kubernetes.Resources;

/// <summary>
/// The labels of the pod template in a spec of any kind. Whatever else stands there instead is no template.
/// </summary>
internal static class TemplateLabels
{
    /// <summary>Null: the spec has no pod template with metadata.</summary>
    public static SmallDictionary? Of(JsonElement? spec) =>
        Member(Member(spec, "template"), "metadata") is { } meta ? OfMetadata(meta) : null;

    /// <summary>Of the template's own metadata; null: it is none.</summary>
    public static SmallDictionary? OfMetadata(JsonElement meta) =>
        meta.ValueKind != JsonValueKind.Object ? null
        : Member(meta, "labels") is { ValueKind: JsonValueKind.Object } labels
            ? new SmallDictionary([
                .. labels
                    .EnumerateObject()
                    .Where(label => label.Value.ValueKind == JsonValueKind.String)
                    .Select(label => new KeyValuePair<string, string>(label.Name, label.Value.GetString()!)),
            ])
        : SmallDictionary.None;

    private static JsonElement? Member(JsonElement? of, string name) =>
        of is { ValueKind: JsonValueKind.Object } whole && whole.TryGetProperty(name, out var found) ? found : null;
}
