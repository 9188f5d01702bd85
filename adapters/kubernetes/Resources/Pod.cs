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
    [property: JsonPropertyName("conditions"), JsonConverter(typeof(ReadyConverter))] bool? Ready
);
