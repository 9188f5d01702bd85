using System.Text.Json;
using System.Text.Json.Serialization;
using Ebb.Core.Capacity;
using Ebb.Kubernetes.Resources;

namespace Ebb.Kubernetes.Capacity;

/// <summary>A PersistentVolumeClaim: which volume it has, or from where it may get one.</summary>
internal sealed record ClaimObject : IKubernetesObject
{
    private const string Selected = "volume.kubernetes.io/selected-node";
    private const string OldClass = "volume.beta.kubernetes.io/storage-class";

    public ObjectMeta Metadata
    {
        get => field ?? ObjectMeta.Nothing;
        // A cluster has tens of thousands of claims.
        init =>
            field = (value ?? ObjectMeta.Nothing) with
            {
                Labels = SmallDictionary.None,
                Annotations = Kept(value?.Annotations ?? SmallDictionary.None),
                Finalizers = [],
                OwnerReferences = [],
            };
    }

    public ClaimSpec? Spec { get; init; }

    /// <summary>The node that the scheduler chose for it before; null: none.</summary>
    [JsonIgnore]
    public string? SelectedNode => Metadata.Annotations.GetValueOrDefault(Selected);

    /// <summary>Empty: none.</summary>
    [JsonIgnore]
    public string StorageClass => Metadata.Annotations.GetValueOrDefault(OldClass) ?? Spec?.StorageClassName ?? "";

    private static SmallDictionary Kept(SmallDictionary annotations) =>
        annotations.ContainsKey(Selected) || annotations.ContainsKey(OldClass)
            ? new SmallDictionary([.. annotations.Where(one => one.Key is Selected or OldClass)])
            : SmallDictionary.None;
}

internal sealed record ClaimSpec(string? VolumeName, string[]? AccessModes, string? StorageClassName);

/// <summary>A PersistentVolume: from which nodes it can be reached.</summary>
internal sealed record VolumeObject : IKubernetesObject
{
    public ObjectMeta Metadata
    {
        get => field ?? ObjectMeta.Nothing;
        init;
    }

    public VolumeSpec? Spec { get; init; }

    [JsonIgnore]
    public IReadOnlyList<NodeTerm> Nodes =>
        VolumeZones.Add(Placement.Anywhere.And(Spec?.NodeAffinity?.Required ?? []), Metadata.Labels).Terms;
}

internal sealed record VolumeSpec(VolumeAffinity? NodeAffinity, string? StorageClassName, VolumeClaim? ClaimRef);

/// <summary>That a volume is somebody's.</summary>
internal sealed record VolumeClaim;

internal sealed record VolumeAffinity(
    [property: JsonConverter(typeof(NodeTermsConverter))] IReadOnlyList<NodeTerm>? Required
);

internal sealed class NodeTermsConverter : JsonConverter<IReadOnlyList<NodeTerm>>
{
    public override IReadOnlyList<NodeTerm> Read(
        ref Utf8JsonReader reader,
        Type typeToConvert,
        JsonSerializerOptions options
    )
    {
        using var selector = JsonDocument.ParseValue(ref reader);
        return PlacementReader.Terms(selector.RootElement);
    }

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<NodeTerm> value, JsonSerializerOptions options) =>
        throw new NotSupportedException("volumes are not written");
}

/// <summary>A StorageClass: when and where volumes are made for its claims.</summary>
internal sealed record StorageClassObject : IKubernetesObject
{
    public ObjectMeta Metadata
    {
        get => field ?? ObjectMeta.Nothing;
        init;
    }

    public string? Provisioner { get; init; }

    public string? VolumeBindingMode { get; init; }

    public TopologyTerm[]? AllowedTopologies { get; init; }

    /// <summary>Its claims get a volume once a pod with them has a node.</summary>
    [JsonIgnore]
    public bool Waits => VolumeBindingMode == "WaitForFirstConsumer";

    /// <summary>Volumes are made for it, and not by hand.</summary>
    [JsonIgnore]
    public bool Provisions => Provisioner is { Length: > 0 } and not "kubernetes.io/no-provisioner";

    /// <summary>On which nodes; none: on any.</summary>
    [JsonIgnore]
    public IReadOnlyList<NodeTerm> Nodes =>
        [
            .. (AllowedTopologies ?? []).Select(term => new NodeTerm([
                .. (term.MatchLabelExpressions ?? []).Select(one => new NodeRequirement(
                    one.Key ?? "",
                    "In",
                    one.Values ?? []
                )),
            ])),
        ];
}

internal sealed record TopologyTerm(TopologyLabel[]? MatchLabelExpressions);

internal sealed record TopologyLabel(string? Key, string[]? Values);
