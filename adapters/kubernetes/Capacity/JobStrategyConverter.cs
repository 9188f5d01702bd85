using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ebb.Kubernetes.Capacity;

/// <summary>
/// <c>spec.scalingStrategy.strategy</c> of a ScaledJob; any kind may have a field of that name, which must not keep it
/// from being read.
/// </summary>
internal sealed class JobStrategyConverter : JsonConverter<string>
{
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var field = JsonDocument.ParseValue(ref reader);
        return
            field.RootElement.ValueKind == JsonValueKind.Object
            && field.RootElement.TryGetProperty("strategy", out var strategy)
            && strategy.ValueKind == JsonValueKind.String
            ? strategy.GetString()
            : null;
    }

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) =>
        throw new NotSupportedException("targets are not written");
}
