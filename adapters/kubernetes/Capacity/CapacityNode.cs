using System.Text.Json;
using System.Text.Json.Serialization;
using Ebb.Core.Capacity;
using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Resources;

namespace Ebb.Kubernetes.Capacity;

/// <summary>A node, as capacity needs it.</summary>
internal sealed record CapacityNode : IKubernetesObject
{
    public ObjectMeta Metadata
    {
        get => field ?? ObjectMeta.Nothing;
        init;
    }

    public CapacityNodeSpec? Spec { get; init; }

    public CapacityNodeStatus? Status { get; init; }

    [JsonIgnore]
    public NodeFacts Facts =>
        new()
        {
            Name = Metadata.Name,
            Labels = Metadata.Labels,
            Taints = Spec?.Taints ?? [],
            Unschedulable = Spec?.Unschedulable == true,
            // A node that is being deleted takes no more pods.
            Ready = Status?.Ready == true && Metadata.DeletionTimestamp is null,
            Allocatable = Status?.Allocatable ?? Amounts.None,
        };
}

internal sealed record CapacityNodeSpec(
    bool? Unschedulable,
    [property: JsonConverter(typeof(TaintsConverter))] IReadOnlyList<Taint>? Taints
);

internal sealed record CapacityNodeStatus(
    [property: JsonConverter(typeof(AmountsConverter))] Amounts? Allocatable,
    [property: JsonPropertyName("conditions"), JsonConverter(typeof(ReadyConverter))] bool? Ready
);

internal sealed class TaintsConverter : JsonConverter<IReadOnlyList<Taint>>
{
    public override IReadOnlyList<Taint> Read(
        ref Utf8JsonReader reader,
        Type typeToConvert,
        JsonSerializerOptions options
    ) => PlacementReader.Taints(ref reader);

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<Taint> value, JsonSerializerOptions options) =>
        throw new NotSupportedException("nodes are not written");
}

internal sealed class AmountsConverter : JsonConverter<Amounts>
{
    public override Amounts Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        AmountsReader.Read(ref reader);

    public override void Write(Utf8JsonWriter writer, Amounts value, JsonSerializerOptions options) =>
        throw new NotSupportedException("amounts are not written");
}

internal sealed class PodSpecConverter : JsonConverter<PodSpecFacts>
{
    public override PodSpecFacts Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        PodSpecReader.Template(ref reader);

    public override void Write(Utf8JsonWriter writer, PodSpecFacts value, JsonSerializerOptions options) =>
        throw new NotSupportedException("templates are not written");
}
