using System.Text.Json.Serialization;
using Ebb.Kubernetes.Resources;

namespace Ebb.Kubernetes.Capacity;

/// <summary>
/// Anything with replicas, a selector and a pod template: Deployment, StatefulSet, and most custom kinds with a scale
/// subresource.
/// </summary>
internal sealed record TargetObject : IKubernetesObject
{
    public ObjectMeta Metadata
    {
        get => field ?? ObjectMeta.Nothing;
        init;
    }

    public TargetSpec? Spec { get; init; }

    /// <summary>Of a PodTemplate.</summary>
    public TargetTemplate? Template { get; init; }

    public TargetStatus? Status { get; init; }
}

internal sealed record TargetSpec(
    int? Replicas,
    LabelSelector? Selector,
    TargetTemplate? Template,
    ClaimTemplate?[]? VolumeClaimTemplates,
    JobFields? JobTargetRef,
    [property: JsonConverter(typeof(JobStrategyConverter))] string? ScalingStrategy,
    [property: JsonConverter(typeof(WorkloadReferenceConverter))] TargetReference? WorkloadRef
);

/// <summary>The Jobs that a ScaledJob makes.</summary>
internal sealed record JobFields(
    [property: JsonConverter(typeof(LenientInt32Converter))] int? Parallelism,
    TargetTemplate? Template
);

/// <summary>A claim that each replica gets of its own.</summary>
internal sealed record ClaimTemplate(ClaimTemplateMeta? Metadata);

internal sealed record ClaimTemplateMeta([property: JsonConverter(typeof(LenientStringConverter))] string? Name);

/// <summary>Where a custom kind's scale usually says which pods are its own.</summary>
internal sealed record TargetStatus([property: JsonConverter(typeof(LenientStringConverter))] string? Selector);

internal sealed record TargetTemplate(
    TemplateMeta? Metadata,
    [property: JsonConverter(typeof(PodSpecConverter))] PodSpecFacts? Spec
);

internal sealed record TemplateMeta(SmallDictionary? Labels);
