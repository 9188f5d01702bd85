namespace Ebb.Kubernetes;

internal sealed record ConfigMap : IKubernetesObject
{
    public ObjectMeta Metadata { get => field ?? ObjectMeta.Nothing; init; }

    public Dictionary<string, string>? Data { get; init; }
}
