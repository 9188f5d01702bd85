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
    int? SpecReplicas,
    [property: JsonConverter(typeof(LenientStringConverter))] string? OnBatteryFor,
    double? ChargeBelow,
    [property: JsonConverter(typeof(LenientStringConverter))] string? RuntimeBelow,
    double? LoadAbove,
    JsonElement? Selector = null,
    JsonElement? NamespaceSelector = null,
    JsonElement? Exclude = null,
    JsonElement? Hook = null,
    JsonElement? Gates = null
)
{
    /// <summary>It selects its workloads, or tries to.</summary>
    [JsonIgnore]
    public bool Selects => IsGiven(Selector) || IsGiven(NamespaceSelector) || IsGiven(Exclude);

    private static bool IsGiven(JsonElement? member) => member is { ValueKind: not JsonValueKind.Null };
}

internal sealed record UpsScalerStatusFields(
    [property: JsonConverter(typeof(LenientStringConverter))] string? Phase,
    [property: JsonConverter(typeof(LenientStringConverter))] string? Reason,
    Instant? Since,
    long? ObservedGeneration,
    [property: JsonConverter(typeof(LenientStringConverter))] string? ChangedBy,
    JsonElement? Conditions = null,
    int? Selected = null,
    JsonElement? Workloads = null
);
