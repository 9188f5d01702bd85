using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ebb.Kubernetes.Resources;

/// <summary>
/// The labels of the pod template in a spec of any kind. Whatever else stands there instead is no template.
/// </summary>
internal static class TemplateLabels
{
    /// <summary>Null: the spec has no pod template with metadata.</summary>
    public static SmallDictionary? Of(JsonElement? spec)
    {
        if (
            Member(spec, "template") is not { } template
            || Member(template, "metadata") is not { ValueKind: JsonValueKind.Object } meta
        )
            return null;
        return Member(meta, "labels") is { ValueKind: JsonValueKind.Object } labels
            ? new SmallDictionary([
                .. labels
                    .EnumerateObject()
                    .Where(label => label.Value.ValueKind == JsonValueKind.String)
                    .Select(label => new KeyValuePair<string, string>(label.Name, label.Value.GetString()!)),
            ])
            : SmallDictionary.None;
    }

    private static JsonElement? Member(JsonElement? of, string name) =>
        of is { ValueKind: JsonValueKind.Object } whole && whole.TryGetProperty(name, out var found) ? found : null;
}

/// <summary>Reads a spec down to those labels.</summary>
internal sealed class TemplateLabelsConverter : JsonConverter<SmallDictionary>
{
    public override SmallDictionary? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var spec = JsonDocument.ParseValue(ref reader);
        return TemplateLabels.Of(spec.RootElement);
    }

    public override void Write(Utf8JsonWriter writer, SmallDictionary value, JsonSerializerOptions options) =>
        throw new NotSupportedException("a spec is not written from the labels of its template");
}
