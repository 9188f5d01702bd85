using Ebb.Kubernetes.Resources;

namespace Ebb.Kubernetes.Api;

/// <summary>What a group and version serves.</summary>
internal sealed record ResourceList(ServedResource[]? Resources);

/// <summary>One line of it; subresources are lines of their own, named <c>plural/part</c>.</summary>
internal sealed record ServedResource(string? Name, bool? Namespaced, string? Kind);

/// <summary>Finds the plural of a kind and whether it can be scaled, by asking the server.</summary>
internal static class Discovery
{
    /// <summary>The kind, and whether it has a scale subresource; null when the group serves no such kind.</summary>
    /// <exception cref="KubernetesException">Code 404: there is no such group or version.</exception>
    public static async Task<(ResourceType Type, bool Scales)?> FindAsync(
        KubernetesApi api,
        string apiVersion,
        string kind,
        CancellationToken cancellationToken
    )
    {
        var (group, version) = Split(apiVersion);
        // A group's own document has no plural in its path.
        var served = await api.ReadAsync(
                new GroupRequest(group, version).Request,
                ApiJson.Default.ResourceList,
                cancellationToken
            )
            .ConfigureAwait(false);
        var lines = served.Resources ?? [];
        var found =
            lines.FirstOrDefault(line => line.Kind == kind && Whole(line))
            ?? lines.FirstOrDefault(line =>
                string.Equals(line.Kind, kind, StringComparison.OrdinalIgnoreCase) && Whole(line)
            );
        if (found?.Name is not { } plural)
            return null;
        var type = new ResourceType(group, version, plural, found.Kind ?? kind, found.Namespaced ?? true);
        return (type, lines.Any(line => line.Name == $"{plural}/scale"));
    }

    /// <summary>The names that a group and version serves, subresources included.</summary>
    /// <exception cref="KubernetesException">Code 404: there is no such group or version.</exception>
    public static async Task<IReadOnlySet<string>> ServedAsync(
        KubernetesApi api,
        string group,
        string version,
        CancellationToken cancellationToken
    )
    {
        var served = await api.ReadAsync(
                new GroupRequest(group, version).Request,
                ApiJson.Default.ResourceList,
                cancellationToken
            )
            .ConfigureAwait(false);
        return (served.Resources ?? []).Select(line => line.Name).OfType<string>().ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>
    /// Group and version. The core group has no name in an apiVersion; Ebb writes it as core/v1, since its types have
    /// three parts.
    /// </summary>
    public static (string Group, string Version) Split(string apiVersion)
    {
        var slash = apiVersion.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0)
            return ("", apiVersion);
        var group = apiVersion[..slash];
        return (group == "core" ? "" : group, apiVersion[(slash + 1)..]);
    }

    private static bool Whole(ServedResource line) => line.Name?.Contains('/', StringComparison.Ordinal) == false;

    private sealed record GroupRequest(string Group, string Version)
    {
        public ApiRequest Request =>
            new("get", new ResourceType(Group, Version, "", "APIResourceList", false), null, null);
    }
}
