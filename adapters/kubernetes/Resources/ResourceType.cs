using Ebb.Kubernetes.Api;

namespace Ebb.Kubernetes.Resources;

/// <summary>A kind of object as the API server serves it; the plural is part of every path.</summary>
/// <param name="Group">The API group; empty for the core group.</param>
/// <param name="Version">The version, such as <c>v1</c>.</param>
/// <param name="Plural">The name in paths, lower case.</param>
/// <param name="Kind">The kind, in its own spelling.</param>
/// <param name="Namespaced">Whether its objects live in namespaces.</param>
public sealed record ResourceType(string Group, string Version, string Plural, string Kind, bool Namespaced = true)
{
    /// <summary><c>group/version</c>, or only the version for the core group.</summary>
    public string ApiVersion { get; } = Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>
    /// <c>plural.group</c>, or only the plural for the core group: how RBAC and the server's messages name it.
    /// </summary>
    public override string ToString() => Group.Length == 0 ? Plural : $"{Plural}.{Group}";

    /// <summary>
    /// The path of the collection, or of one object of it. An empty namespace means all of them.
    /// </summary>
    /// <exception cref="KubernetesException">
    /// A name is one that no object can have and that would lead to another path.
    /// </exception>
    internal string Path(string? @namespace, string? name = null, string? subresource = null)
    {
        var root = Group.Length == 0 ? $"/api/{Version}" : $"/apis/{Segment(Group)}/{Segment(Version)}";
        var scope = Namespaced && !string.IsNullOrEmpty(@namespace) ? $"/namespaces/{Segment(@namespace)}" : "";
        var item = name is null ? "" : $"/{Segment(name)}";
        var part = subresource is null ? "" : $"/{subresource}";
        return Plural.Length == 0 ? root : $"{root}{scope}/{Plural}{item}{part}";
    }

    // "." and ".." survive escaping and are then folded away by Uri, and an empty name would address the collection.
    private static string Segment(string text)
    {
        if (text.Length is 0 or > 253 || text is "." or ".." || text.Any(char.IsControl))
            throw KubernetesException.Refused($"\"{text}\" cannot be part of a name in Kubernetes");
        return Uri.EscapeDataString(text);
    }
}
