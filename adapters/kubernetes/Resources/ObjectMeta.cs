using System.Text.Json.Serialization;
using NodaTime;

namespace Ebb.Kubernetes.Resources;

/// <summary>The metadata that is read of every object.</summary>
public sealed record ObjectMeta
{
    internal static readonly ObjectMeta Nothing = new();

    /// <summary>The name; empty in bookmarks.</summary>
    public string Name
    {
        get => field ?? "";
        init;
    }

    /// <summary>The namespace; empty for what lives in none.</summary>
    [JsonConverter(typeof(PooledStringConverter))]
    public string Namespace
    {
        get => field ?? "";
        init;
    }

    /// <summary>The UID; empty when the server sent none.</summary>
    public string Uid
    {
        get => field ?? "";
        init;
    }

    /// <summary>
    /// The version of this state of the object; a decimal number that grows, see <see
    /// cref="Ebb.Kubernetes.Resources.ResourceVersion"/>.
    /// </summary>
    public string ResourceVersion
    {
        get => field ?? "";
        init;
    }

    /// <summary>Counts changes of the spec; null for kinds without it.</summary>
    public long? Generation { get; init; }

    /// <summary>When it was made.</summary>
    public Instant? CreationTimestamp { get; init; }

    /// <summary>Set once somebody deleted it.</summary>
    public Instant? DeletionTimestamp { get; init; }

    /// <summary>The labels.</summary>
    public SmallDictionary Labels
    {
        get => field ?? SmallDictionary.None;
        init;
    }

    /// <summary>The annotations, without the copy of the manifest that <c>kubectl apply</c> keeps there.</summary>
    public SmallDictionary Annotations
    {
        get => field ?? SmallDictionary.None;
        init;
    }

    /// <summary>The finalizers.</summary>
    public IReadOnlyList<string> Finalizers
    {
        get => field ?? [];
        init;
    }

    /// <summary>The objects that it belongs to.</summary>
    public IReadOnlyList<OwnerReference> OwnerReferences
    {
        get => field ?? [];
        init;
    }

    /// <summary>
    /// Who wrote <c>spec.replicas</c> or <c>spec.suspend</c> last, as managedFields say; null when they do not.
    /// </summary>
    [JsonPropertyName("managedFields")]
    [JsonConverter(typeof(SizeWriterConverter))]
    public SizeWriter? SizedBy { get; init; }

    /// <summary>Who owns which field; null: it is not said, or not kept of this kind.</summary>
    [JsonIgnore]
    internal FieldOwners? Owners { get; init; }
}

/// <summary>An object that another one belongs to.</summary>
/// <param name="ApiVersion">Its group and version.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Name">Its name.</param>
/// <param name="Uid">Its UID.</param>
/// <param name="Controller">It is the one that looks after the object.</param>
public sealed record OwnerReference(
    [property: JsonConverter(typeof(PooledStringConverter))] string? ApiVersion,
    [property: JsonConverter(typeof(PooledStringConverter))] string? Kind,
    string? Name,
    string? Uid,
    bool? Controller = null
);

/// <summary>A field manager and the second in which it wrote.</summary>
/// <param name="Manager">Its name.</param>
/// <param name="At">When; null when not recorded.</param>
public sealed record SizeWriter(string Manager, Instant? At);
