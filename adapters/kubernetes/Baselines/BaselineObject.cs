using System.Text.Json.Serialization;
using Ebb.Kubernetes.Resources;
using NodaTime;

namespace Ebb.Kubernetes.Baselines;

/// <summary>A Baseline as the server sends it.</summary>
internal sealed record BaselineObject : IKubernetesObject
{
    public ObjectMeta Metadata
    {
        get => field ?? ObjectMeta.Nothing;
        init;
    }
    public BaselineSpec? Spec { get; init; }
    public BaselineStatus? Status { get; init; }
}

internal sealed record BaselineSpec(
    BaselineTarget? Target,
    Instant? CapturedAt,
    int? Replicas,
    int? Ready,
    bool? Suspended,
    bool? SuspendStated,
    BaselineAnnotation[]? Annotations,
    [property: JsonConverter(typeof(LenientStringConverter))] string? Automated,
    [property: JsonConverter(typeof(LenientStringConverter))] string? ScaledObject,
    [property: JsonConverter(typeof(LenientStringConverter))] string? By,
    BaselineBounds? Bounds
);

internal sealed record BaselineStatus(int[]? Sizes);

internal sealed record BaselineBounds(
    [property: JsonConverter(typeof(LenientStringConverter))] string? Name,
    [property: JsonConverter(typeof(LenientStringConverter))] string? Uid,
    int? MinReplicas,
    int? MaxReplicas
);

internal sealed record BaselineTarget(
    [property: JsonConverter(typeof(LenientStringConverter))] string? Type,
    [property: JsonConverter(typeof(LenientStringConverter))] string? Namespace,
    [property: JsonConverter(typeof(LenientStringConverter))] string? Name,
    [property: JsonConverter(typeof(LenientStringConverter))] string? Uid
);

internal sealed record BaselineAnnotation(string? Name, string? Value);
