namespace Ebb.Kubernetes.Resources;

/// <summary>An object of which only the metadata is read.</summary>
internal sealed record BareObject : IKubernetesObject
{
    public ObjectMeta Metadata
    {
        get => field ?? ObjectMeta.Nothing;
        init;
    }
}
