using System.Text.Json;
using System.Text.Json.Serialization;
using Ebb.Core.Overrides;
using Ebb.Core.Workloads;
using Ebb.Kubernetes.Resources;
using NodaTime;

namespace Ebb.Kubernetes.Overrides;

/// <summary>An Override as the server sends it.</summary>
internal sealed record OverrideObject : IKubernetesObject
{
    /// <summary>The label of what Ebb made for somebody who asked over HTTP.</summary>
    public const string ManagedBy = "app.kubernetes.io/managed-by",
        Ebb = "ebb";

    public ObjectMeta Metadata
    {
        get => field ?? ObjectMeta.Nothing;
        init;
    }
    public OverrideSpec? Spec { get; init; }
    public OverrideStatusFields? Status { get; init; }

    /// <summary>
    /// Null: it is going, or asks nothing, or for ever, which the definition's schema refuses. What was found of an
    /// older generation is nothing.
    /// </summary>
    public StoredOverride? View()
    {
        if (
            Metadata.DeletionTimestamp is not null
            || Spec is not { Target: { Kind: { } kind, Name: { } name } target, Until: { } until } spec
            || Effect(spec) is not { } effect
        )
            return null;
        var generation = Metadata.Generation ?? 0;
        var status = Status?.ObservedGeneration == generation ? Status.View() : null;
        return new StoredOverride(
            new Override
            {
                // Two spellings of one workload must not become two workloads.
                Kind = WorkloadType.Parse(kind)?.Name ?? kind,
                Namespace = string.IsNullOrEmpty(target.Namespace) ? Metadata.Namespace : target.Namespace,
                Name = name,
                Effect = effect,
                Replicas = effect == OverrideEffect.Freeze ? status?.Size : spec.Replicas,
                Reason = spec.Reason ?? "",
                By = spec.By,
                At = Metadata.CreationTimestamp ?? NodaConstants.UnixEpoch,
                // One that cannot be read never ends, so that it is refused and not told as ended.
                Until = until.At ?? Instant.MaxValue,
            },
            Metadata.Namespace,
            Metadata.Name,
            Metadata.Uid,
            Metadata.ResourceVersion,
            generation,
            Metadata.Labels.GetValueOrDefault(ManagedBy) == Ebb,
            status,
            until.Fault("spec.until")
        );
    }

    private static OverrideEffect? Effect(OverrideSpec spec) =>
        (spec.Replicas, spec.Asleep, spec.Freeze) switch
        {
            (>= 0, not true, not true) => OverrideEffect.Replicas,
            (null, true, not true) => OverrideEffect.Asleep,
            (null, not true, true) => OverrideEffect.Freeze,
            _ => null,
        };
}

internal sealed record OverrideSpec(
    OverrideTargetFields? Target,
    int? Replicas,
    bool? Asleep,
    bool? Freeze,
    StatedTime? Until,
    [property: JsonConverter(typeof(LenientStringConverter))] string? Reason,
    [property: JsonConverter(typeof(LenientStringConverter))] string? By
);

internal sealed record OverrideTargetFields(
    [property: JsonConverter(typeof(LenientStringConverter))] string? Kind,
    [property: JsonConverter(typeof(LenientStringConverter))] string? Namespace,
    [property: JsonConverter(typeof(LenientStringConverter))] string? Name
);

internal sealed record OverrideStatusFields(
    [property: JsonConverter(typeof(LenientStringConverter))] string? Phase,
    [property: JsonConverter(typeof(LenientStringConverter))] string? Message,
    int? Size,
    long? ObservedGeneration,
    JsonElement? Conditions
)
{
    public OverrideStatus? View() =>
        Enum.TryParse<OverrideState>(Phase, out var state) && Enum.IsDefined(state)
            ? new OverrideStatus(state, Message ?? "", Possible(Size))
            : null;

    /// <summary>A number that cannot be a size was written by somebody else, and is none.</summary>
    private static int? Possible(int? size) => size is >= 0 and <= Override.MostReplicas ? size : null;
}
