using System.Text.Json.Nodes;
using Ebb.Simulation.Json;

namespace Ebb.Simulation.Resources;

/// <summary>
/// Every resource that is served now: the built-in ones, and those of the CustomResourceDefinitions that exist.
/// </summary>
internal sealed class ResourceCatalogue
{
    private readonly Dictionary<
        (string Group, string Version, string Plural),
        (ApiResource Type, ServedVersion Version)
    > byPath = [];
    private readonly Dictionary<(string ApiVersion, string Kind), (ApiResource Type, ServedVersion Version)> byKind =
    [];
    private readonly List<ApiResource> all = [];

    public ResourceCatalogue()
    {
        foreach (var type in BuiltIn.All)
        {
            Add(type);
        }
    }

    public IReadOnlyList<ApiResource> All => all;

    public void Add(ApiResource type)
    {
        all.Add(type);
        foreach (var served in type.Served)
        {
            byPath[(served.Group, served.Version, type.Plural)] = (type, served);
            byKind[(served.ApiVersion, type.Kind)] = (type, served);
        }
    }

    public void Remove(ApiResource type)
    {
        all.Remove(type);
        foreach (var served in type.Served)
        {
            byPath.Remove((served.Group, served.Version, type.Plural));
            byKind.Remove((served.ApiVersion, type.Kind));
        }
    }

    public (ApiResource Type, ServedVersion Version)? ByPath(string group, string version, string plural) =>
        byPath.TryGetValue((group, version, plural), out var found) ? found : null;

    public (ApiResource Type, ServedVersion Version)? ByKind(string? apiVersion, string? kind) =>
        byKind.TryGetValue((apiVersion ?? "", kind ?? ""), out var found) ? found : null;

    public (ApiResource Type, ServedVersion Version)? Of(JsonObject tree) =>
        ByKind(tree.Text("apiVersion"), tree.Text("kind"));

    /// <param name="qualified">"deployments.apps", or "pods".</param>
    public ApiResource? ByName(string qualified) => all.FirstOrDefault(t => t.Qualified == qualified);

    /// <summary>A type by group and kind, whatever the version: how owner and target references are resolved.</summary>
    public ApiResource? ByGroupKind(string? apiVersion, string? kind)
    {
        var slash = apiVersion?.IndexOf('/', StringComparison.Ordinal) ?? -1;
        var group = slash < 0 ? "" : apiVersion![..slash];
        return all.FirstOrDefault(t => t.Kind == kind && t.Served.Any(s => s.Group == group));
    }

    /// <summary>The versions of a group, preferred first; empty: no such group.</summary>
    public IReadOnlyList<string> Versions(string group) =>
        [
            .. all.SelectMany(t => t.Served)
                .Where(s => s.Group == group)
                .Select(s => s.Version)
                .Distinct()
                .OrderByDescending(v => v, VersionOrder.Instance),
        ];

    public IEnumerable<string> Groups =>
        all.SelectMany(t => t.Served).Select(s => s.Group).Where(g => g.Length > 0).Distinct();

    public IEnumerable<(ApiResource Type, ServedVersion Version)> In(string group, string version) =>
        all.SelectMany(t => t.Served.Select(s => (t, s)))
            .Where(p => p.s.Group == group && p.s.Version == version)
            .OrderBy(p => p.t.Plural, StringComparer.Ordinal);
}
