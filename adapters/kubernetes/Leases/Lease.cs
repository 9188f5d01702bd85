using Ebb.Kubernetes.Resources;
using NodaTime;

namespace Ebb.Kubernetes.Leases;

internal sealed record Lease : IKubernetesObject
{
    public ObjectMeta Metadata
    {
        get => field ?? ObjectMeta.Nothing;
        init;
    }

    public LeaseSpec? Spec { get; init; }
}

internal sealed record LeaseSpec(
    string? HolderIdentity,
    int? LeaseDurationSeconds,
    Instant? AcquireTime,
    Instant? RenewTime,
    int? LeaseTransitions
);
