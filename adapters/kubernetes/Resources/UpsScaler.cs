using System.Text.Json;
using System.Text.Json.Serialization;
using Ebb.Kubernetes.Api;
using NodaTime;

namespace Ebb.Kubernetes.Resources;

internal sealed record UpsScaler : IKubernetesObject
{
    public ObjectMeta Metadata
    {
        get => field ?? ObjectMeta.Nothing;
        init;
    }

    public UpsScalerSpec? Spec { get; init; }

    public UpsScalerStatusFields? Status { get; init; }
}

internal sealed record UpsScalerSpec(
    [property: JsonConverter(typeof(LenientStringConverter))] string? Type,
    [property: JsonConverter(typeof(LenientStringConverter))] string? Namespace,
    [property: JsonConverter(typeof(LenientStringConverter))] string? Name,
    int? ShutdownPriority,
    int? ScaleUpPriority,
    int? SpecReplicas
);

internal sealed record UpsScalerStatusFields(
    [property: JsonConverter(typeof(LenientStringConverter))] string? Phase,
    [property: JsonConverter(typeof(LenientStringConverter))] string? Reason,
    Instant? Since,
    long? ObservedGeneration,
    [property: JsonConverter(typeof(LenientStringConverter))] string? ChangedBy,
    JsonElement? Conditions = null
);
