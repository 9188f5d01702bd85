using Ebb.Kubernetes.Resources;

namespace Ebb.Kubernetes.State;

internal sealed record ConfigMap : IKubernetesObject
{
    public ObjectMeta Metadata
    {
        get => field ?? ObjectMeta.Nothing;
        init;
    }

    public Dictionary<string, string>? Data { get; init; }
}

/// <summary>That there is one, and which version of it: all that a watch of changes needs.</summary>
internal sealed record ConfigMapMark : IKubernetesObject
{
    public ObjectMeta Metadata
    {
        get => field ?? ObjectMeta.Nothing;
        init;
    }
}
