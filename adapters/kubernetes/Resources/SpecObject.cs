using System.Text.Json;
using System.Text.Json.Serialization;
using Ebb.Core.Time.Sizing;

namespace Ebb.Kubernetes.Resources;

/// <summary>
/// An object whose spec is kept as JSON, since all of it may be read or compared and errors are reported by its own
/// paths.
/// </summary>
internal sealed record SpecObject : IKubernetesObject
{
    private ObjectView? _view;
    private TargetReference? _target;

    public SpecObject() { }

    // A changed copy has a view of its own.
    private SpecObject(SpecObject original)
    {
        Metadata = original.Metadata;
        Spec = original.Spec;
        Status = original.Status;
        Data = original.Data;
    }

    [JsonConverter(typeof(OwnedMetaConverter))]
    public ObjectMeta Metadata
    {
        get => field ?? ObjectMeta.Nothing;
        init;
    }

    public JsonElement? Spec { get; init; }

    public JsonElement? Status { get; init; }

    public Dictionary<string, string>? Data { get; init; }

    /// <summary>What a ScaledObject or an HPA scales; without a name when it does not say.</summary>
    [JsonIgnore]
    public TargetReference Target =>
        _target ??= Member("scaleTargetRef") is { ValueKind: JsonValueKind.Object } target
            ? new TargetReference(Text(target, "apiVersion"), Text(target, "kind"), Text(target, "name"))
            : new TargetReference(null, null, null);

    /// <summary>The same instance each time.</summary>
    public ObjectView View(ResourceType type) =>
        _view ??= Views.Of(type, Metadata) with { Spec = Spec, Status = Status, Data = Data };

    /// <summary>A whole number of the spec; null: it is absent, or something else.</summary>
    public int? Number(string member) =>
        Member(member) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt32(out var number)
            ? number
            : null;

    private JsonElement? Member(string name) =>
        Spec is { ValueKind: JsonValueKind.Object } spec && spec.TryGetProperty(name, out var found) ? found : null;

    private static string? Text(JsonElement of, string member) =>
        of.TryGetProperty(member, out var found) && found.ValueKind == JsonValueKind.String ? found.GetString() : null;
}

/// <summary>What a ScaledObject or an HPA scales.</summary>
internal sealed record TargetReference(
    [property: JsonConverter(typeof(PooledStringConverter))] string? ApiVersion,
    [property: JsonConverter(typeof(PooledStringConverter))] string? Kind,
    string? Name
);
