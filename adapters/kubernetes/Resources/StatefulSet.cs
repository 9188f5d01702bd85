using System.Text.Json.Serialization;

namespace Ebb.Kubernetes.Resources;

internal sealed record StatefulSet : IKubernetesObject
{
    public ObjectMeta Metadata
    {
        get => field ?? ObjectMeta.Nothing;
        init;
    }

    public StatefulSetSpec? Spec { get; init; }

    public StatefulSetStatus? Status { get; init; }
}

internal sealed record StatefulSetSpec(
    int? Replicas,
    ClaimRetention? PersistentVolumeClaimRetentionPolicy,
    LabelSelector? Selector = null,
    [property: JsonConverter(typeof(PooledStringConverter))] string? PodManagementPolicy = null
)
{
    public WorkloadTemplate? Template { get; init; }
}

internal sealed record ClaimRetention([property: JsonConverter(typeof(PooledStringConverter))] string? WhenScaled);

internal sealed record StatefulSetStatus(long? ObservedGeneration, int? Replicas, int? ReadyReplicas);
