using System.Text.Json;
using System.Text.Json.Serialization;
using Ebb.Kubernetes.Api;

namespace Ebb.Kubernetes.Resources;

internal sealed record ScaledObject : IKubernetesObject
{
    public ObjectMeta Metadata
    {
        get => field ?? ObjectMeta.Nothing;
        init;
    }

    public ScaledObjectSpec? Spec { get; init; }
}

internal sealed record ScaledObjectSpec(TargetReference? ScaleTargetRef);

/// <summary>What a ScaledObject or an HPA scales.</summary>
internal sealed record TargetReference(
    [property: JsonConverter(typeof(PooledStringConverter))] string? ApiVersion,
    [property: JsonConverter(typeof(PooledStringConverter))] string? Kind,
    string? Name
);

internal sealed record HorizontalPodAutoscaler : IKubernetesObject
{
    public ObjectMeta Metadata
    {
        get => field ?? ObjectMeta.Nothing;
        init;
    }

    public HorizontalPodAutoscalerSpec? Spec { get; init; }

    /// <summary>Made by KEDA for a ScaledObject: it stands for that one and not for itself.</summary>
    [JsonIgnore]
    public bool IsOfKeda =>
        Metadata.OwnerReferences.Any(owner => owner.Kind == "ScaledObject")
        || Metadata.Labels.ContainsKey("scaledobject.keda.sh/name");
}

internal sealed record HorizontalPodAutoscalerSpec(
    TargetReference? ScaleTargetRef,
    int? MinReplicas = null,
    int? MaxReplicas = null
);

internal sealed record Node : IKubernetesObject
{
    public ObjectMeta Metadata
    {
        get => field ?? ObjectMeta.Nothing;
        init;
    }

    public NodeSpec? Spec { get; init; }

    public NodeStatus? Status { get; init; }
}

internal sealed record NodeSpec(bool? Unschedulable);

internal sealed record NodeStatus(
    [property: JsonPropertyName("conditions"), JsonConverter(typeof(ReadyConverter))] bool? Ready
);

internal sealed record Pod : IKubernetesObject
{
    public ObjectMeta Metadata
    {
        get => field ?? ObjectMeta.Nothing;
        init;
    }

    public PodStatus? Status { get; init; }

    /// <summary>Ended by itself; such a pod runs nothing and stays only to be looked at.</summary>
    [JsonIgnore]
    public bool Finished => Status?.Phase is "Succeeded" or "Failed";
}

internal sealed record PodStatus(
    [property: JsonConverter(typeof(PooledStringConverter))] string? Phase,
    [property: JsonPropertyName("conditions"), JsonConverter(typeof(ReadyConverter))] bool? Ready
);

/// <summary>Reads a list of conditions down to whether Ready is True; null when it is Unknown or not there.</summary>
internal sealed class ReadyConverter : JsonConverter<bool?>
{
    public override bool? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.SkipValue();
            return null;
        }

        bool? ready = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            string? type = null,
                status = null;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var (isType, isStatus) = (reader.ValueTextEquals("type"u8), reader.ValueTextEquals("status"u8));
                reader.Read();
                if (isType && reader.TokenType == JsonTokenType.String)
                    type = StringPool.Read(ref reader);
                else if (isStatus && reader.TokenType == JsonTokenType.String)
                    status = StringPool.Read(ref reader);
                else
                    reader.SkipValue();
            }

            if (type == "Ready")
                ready = status switch
                {
                    "True" => true,
                    "False" => false,
                    _ => null,
                };
        }

        return ready;
    }

    public override void Write(Utf8JsonWriter writer, bool? value, JsonSerializerOptions options) =>
        throw new NotSupportedException("conditions are not written from one word");
}
