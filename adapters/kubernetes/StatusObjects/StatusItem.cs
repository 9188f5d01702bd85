using System.Text.Json;
using System.Text.Json.Serialization;
using Ebb.Kubernetes.Resources;

namespace Ebb.Kubernetes.StatusObjects;

/// <summary>An object of which the status is kept as text.</summary>
internal sealed record StatusItem : IKubernetesObject
{
    public ObjectMeta Metadata
    {
        get => field ?? ObjectMeta.Nothing;
        init;
    }

    /// <summary>The JSON text; null: it has none.</summary>
    [JsonConverter(typeof(JsonTextConverter))]
    public string? Status { get; init; }
}

/// <summary>Any JSON value as its text.</summary>
internal sealed class JsonTextConverter : JsonConverter<string?>
{
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        return document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.GetRawText() : null;
    }

    public override void Write(Utf8JsonWriter writer, string? value, JsonSerializerOptions options)
    {
        if (value is null)
            writer.WriteNullValue();
        else
            writer.WriteRawValue(value);
    }
}
