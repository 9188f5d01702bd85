using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ebb.Kubernetes.Resources;

internal sealed record Pod : IKubernetesObject
{
    public ObjectMeta Metadata
    {
        get => field ?? ObjectMeta.Nothing;
        init;
    }

    public PodSpec? Spec { get; init; }

    public PodStatus? Status { get; init; }

    /// <summary>Ended by itself; such a pod runs nothing any more.</summary>
    [JsonIgnore]
    public bool Finished => Status?.Phase is "Succeeded" or "Failed";
}

internal sealed record PodSpec([property: JsonConverter(typeof(PooledStringConverter))] string? NodeName);

internal sealed record PodStatus(
    [property: JsonConverter(typeof(PooledStringConverter))] string? Phase,
    [property: JsonPropertyName("conditions"), JsonConverter(typeof(PodConditionsConverter))] PodConditions? Conditions
)
{
    [JsonIgnore]
    public bool? Ready => Conditions?.Ready;

    /// <summary>The scheduler has found no node for it.</summary>
    [JsonIgnore]
    public bool Unscheduled => Conditions?.Scheduled == false;
}

internal readonly record struct PodConditions(bool? Ready, bool? Scheduled);

/// <summary>Reads a list of conditions down to those two.</summary>
internal sealed class PodConditionsConverter : JsonConverter<PodConditions?>
{
    public override PodConditions? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.SkipValue();
            return null;
        }

        var found = new PodConditions(null, null);
        while (StatusCondition.Next(ref reader, out var type, out var status))
            found = type switch
            {
                "Ready" => found with { Ready = StatusCondition.IsTrue(status) },
                "PodScheduled" => found with { Scheduled = StatusCondition.IsTrue(status) },
                _ => found,
            };
        return found;
    }

    public override void Write(Utf8JsonWriter writer, PodConditions? value, JsonSerializerOptions options) =>
        throw new NotSupportedException("conditions are not written from two words");
}
