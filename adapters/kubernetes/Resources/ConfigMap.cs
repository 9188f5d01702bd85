namespace Ebb.Kubernetes.Resources;

internal sealed record ConfigMap : IKubernetesObject
{
    public ObjectMeta Metadata
    {
        get => field ?? ObjectMeta.Nothing;
        init;
    }

    public Dictionary<string, string>? Data { get; init; }
}

/// <summary>Only the metadata of a ConfigMap: all that a watch of changes needs.</summary>
internal sealed record ConfigMapMark : IKubernetesObject
{
    public ObjectMeta Metadata
    {
        get => field ?? ObjectMeta.Nothing;
        init;
    }
}
