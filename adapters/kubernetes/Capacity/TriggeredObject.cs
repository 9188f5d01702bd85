using System.Text.Json;
using System.Text.Json.Serialization;
using Ebb.Kubernetes.Resources;

namespace Ebb.Kubernetes.Capacity;

/// <summary>A ScaledObject, as the scaler needs it.</summary>
internal sealed record TriggeredObject : IKubernetesObject
{
    public ObjectMeta Metadata
    {
        get => field ?? ObjectMeta.Nothing;
        init;
    }

    public TriggeredSpec? Spec { get; init; }
}

internal sealed record TriggeredSpec(
    TargetReference? ScaleTargetRef,
    int? MinReplicaCount,
    int? MaxReplicaCount,
    AdvancedFields? Advanced,
    TriggerFields?[]? Triggers
);

internal sealed record TriggerFields(
    [property: JsonConverter(typeof(LenientStringConverter))] string? Type,
    SmallDictionary? Metadata,
    [property: JsonConverter(typeof(LenientStringConverter))] string? MetricType
);

internal sealed record AdvancedFields(HpaConfigFields? HorizontalPodAutoscalerConfig, ModifierFields? ScalingModifiers);

internal sealed record ModifierFields([property: JsonConverter(typeof(LenientStringConverter))] string? Formula);

internal sealed record HpaConfigFields(
    [property: JsonConverter(typeof(LenientStringConverter))] string? Name,
    BehaviorFields? Behavior
);

/// <summary>An HPA's behavior, of which only the tolerance is read.</summary>
internal sealed record BehaviorFields(DirectionFields? ScaleUp, DirectionFields? ScaleDown);

internal sealed record DirectionFields(
    [property: JsonConverter(typeof(QuantityTextConverter))] string? Tolerance,
    [property: JsonConverter(typeof(LenientStringConverter))] string? SelectPolicy
);

/// <summary>An HPA, as it is read back.</summary>
internal sealed record ToleranceObject : IKubernetesObject
{
    public ObjectMeta Metadata
    {
        get => field ?? ObjectMeta.Nothing;
        init;
    }

    public ToleranceSpec? Spec { get; init; }
}

internal sealed record ToleranceSpec(int? MinReplicas, int? MaxReplicas, BehaviorFields? Behavior);

/// <summary>A quantity, which may be written as a number or a text.</summary>
internal sealed class QuantityTextConverter : JsonConverter<string>
{
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
            return reader.GetString();
        if (reader.TokenType == JsonTokenType.Number)
            return System.Text.Encoding.UTF8.GetString(
                reader.HasValueSequence
                    ? System.Buffers.BuffersExtensions.ToArray(reader.ValueSequence)
                    : reader.ValueSpan
            );
        reader.SkipValue();
        return null;
    }

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value);
}
