using System.Text.Json.Serialization;
using Ebb.Core.Capacity;
using Ebb.Kubernetes.Capacity;

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

internal sealed record NodeSpec(
    bool? Unschedulable,
    [property: JsonConverter(typeof(TaintsConverter))] IReadOnlyList<Taint>? Taints = null
);

internal sealed record NodeStatus(
    [property: JsonPropertyName("conditions"), JsonConverter(typeof(ReadyConverter))] bool? Ready
);
