using System.Text.Json.Serialization.Metadata;

namespace Ebb.Kubernetes.Resources;

/// <summary>
/// A kind together with the fields of it that are read; the others are never parsed and, since writes are patches,
/// never lost.
/// </summary>
/// <typeparam name="T">The fields that are read.</typeparam>
/// <param name="type">Where the server keeps it.</param>
/// <param name="item">
/// How one is parsed; asked when one comes, so that a kind which nobody reads costs nothing at start.
/// </param>
/// <param name="list">How a page of them is parsed, likewise.</param>
public sealed class Resource<T>(ResourceType type, Func<JsonTypeInfo<T>> item, Func<JsonTypeInfo<ObjectList<T>>> list)
    where T : class, IKubernetesObject
{
    /// <summary>Where the server keeps it.</summary>
    public ResourceType Type { get; } = type;

    /// <summary>How one is parsed.</summary>
    public JsonTypeInfo<T> Item => item();

    /// <summary>How a page of them is parsed.</summary>
    public JsonTypeInfo<ObjectList<T>> List => list();
}

/// <summary>An object that has metadata.</summary>
public interface IKubernetesObject
{
    /// <summary>Who it is; without a name when the server sent none.</summary>
    ObjectMeta Metadata { get; }
}

/// <summary>One page of a list, or the whole of it.</summary>
/// <typeparam name="T">The fields that are read of each item.</typeparam>
public sealed record ObjectList<T>
{
    /// <summary>The version of the collection and where the next page begins.</summary>
    public ListMeta? Metadata { get; init; }

    /// <summary>The items; null reads as none, as Go writes an empty list.</summary>
    public List<T>? Items { get; init; }
}

/// <summary>Metadata of a list.</summary>
/// <param name="ResourceVersion">The version from which a watch continues.</param>
/// <param name="Continue">The token of the next page; null or empty: this is the last.</param>
public sealed record ListMeta(string? ResourceVersion, string? Continue);
