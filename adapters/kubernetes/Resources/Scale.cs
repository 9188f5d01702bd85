namespace Ebb.Kubernetes.Resources;

internal sealed record Scale : IKubernetesObject
{
    public ObjectMeta Metadata
    {
        get => field ?? ObjectMeta.Nothing;
        init;
    }

    public ScaleSpec? Spec { get; init; }

    public ScaleStatus? Status { get; init; }
}

/// <summary>Absent means 0: the server omits it at 0.</summary>
internal sealed record ScaleSpec(int? Replicas);

internal sealed record ScaleStatus(int? Replicas, string? Selector);
