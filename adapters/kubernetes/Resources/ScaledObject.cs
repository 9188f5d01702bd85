using System.Text.Json.Serialization;

namespace Ebb.Kubernetes.Resources;

internal sealed record ScaledObject : IKubernetesObject
{
    public ObjectMeta Metadata
    {
        get => field ?? ObjectMeta.Nothing;
        init;
    }

    public ScaledObjectSpec? Spec { get; init; }
}

internal sealed record ScaledObjectSpec(TargetReference? ScaleTargetRef);

/// <summary>What a ScaledObject or an HPA scales.</summary>
internal sealed record TargetReference(
    [property: JsonConverter(typeof(PooledStringConverter))] string? ApiVersion,
    [property: JsonConverter(typeof(PooledStringConverter))] string? Kind,
    string? Name
);
