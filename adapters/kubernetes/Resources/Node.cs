using System.Text.Json.Serialization;

namespace Ebb.Kubernetes.Resources;

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
