namespace Ebb.Kubernetes.Resources;

/// <summary>Some of the endpoints of a Service.</summary>
internal sealed record EndpointSlice : IKubernetesObject
{
    public ObjectMeta Metadata
    {
        get => field ?? ObjectMeta.Nothing;
        init;
    }

    public SliceEndpoint[]? Endpoints { get; init; }
}

internal sealed record SliceEndpoint(SliceConditions? Conditions);

/// <summary>Absent means ready, as the API defines it.</summary>
internal sealed record SliceConditions(bool? Ready);
