using System.Text.Json.Serialization;

namespace Ebb.Kubernetes.Resources;

internal sealed record ArgoApplication : IKubernetesObject
{
    public ObjectMeta Metadata
    {
        get => field ?? ObjectMeta.Nothing;
        init;
    }

    public ArgoSpec? Spec { get; init; }

    public ArgoStatus? Status { get; init; }
}

internal sealed record ArgoStatus(ArgoResource[]? Resources);

/// <summary>An object that the Application applies.</summary>
internal sealed record ArgoResource(
    [property: JsonConverter(typeof(PooledStringConverter))] string? Group,
    [property: JsonConverter(typeof(PooledStringConverter))] string? Kind,
    [property: JsonConverter(typeof(PooledStringConverter))] string? Namespace,
    string? Name
);

internal sealed record ArgoSpec(ArgoSyncPolicy? SyncPolicy);

internal sealed record ArgoSyncPolicy([property: JsonConverter(typeof(CompactJsonConverter))] string? Automated);
