using System.Text.Json.Serialization;

namespace Ebb.Kubernetes.Resources;

internal sealed record Deployment : IKubernetesObject
{
    public ObjectMeta Metadata
    {
        get => field ?? ObjectMeta.Nothing;
        init;
    }

    public DeploymentSpec? Spec { get; init; }

    public DeploymentStatus? Status { get; init; }
}

internal sealed record DeploymentSpec(int? Replicas, LabelSelector? Selector, WorkloadTemplate? Template = null);

internal sealed record DeploymentStatus(
    long? ObservedGeneration,
    int? Replicas,
    int? ReadyReplicas,
    int? TerminatingReplicas,
    [property: JsonPropertyName("conditions")]
    [property: JsonConverter(typeof(ReplicaFailureConverter))]
        string? ReplicaFailure = null
);
