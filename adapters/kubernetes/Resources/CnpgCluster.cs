using System.Text.Json.Serialization;

namespace Ebb.Kubernetes.Resources;

internal sealed record CnpgCluster : IKubernetesObject
{
    public ObjectMeta Metadata
    {
        get => field ?? ObjectMeta.Nothing;
        init;
    }

    public CnpgSpec? Spec { get; init; }

    public CnpgStatus? Status { get; init; }
}

internal sealed record CnpgSpec(int? Instances, CnpgReplica? Replica = null);

/// <summary>A cluster that follows another one.</summary>
internal sealed record CnpgReplica(bool? Enabled);

internal sealed record CnpgStatus(
    int? ReadyInstances,
    Condition[]? Conditions,
    [property: JsonConverter(typeof(PooledStringConverter))] string? Phase = null,
    string? PhaseReason = null,
    string? CurrentPrimary = null,
    string? TargetPrimary = null
);
