using Ebb.Core.Workloads;

namespace Ebb.Kubernetes.Power;

/// <summary>In which namespace the Application of a name is, where that is not said.</summary>
/// <param name="watches">What is watched.</param>
/// <param name="first">The namespace that counts where there are several of that name.</param>
internal sealed class ApplicationNames(ClusterWatches watches, string first)
{
    private static readonly WorkloadType Type = WorkloadType.Parse("application")!;
    private readonly Dictionary<string, List<string>> _namespaces = new(StringComparer.Ordinal);
    private (WorkloadWatch? Watch, long Version) _read = (null, -1);

    /// <summary>Null: there is none, none is known, or several are and none of them in the first.</summary>
    public string? NamespaceOf(string name)
    {
        if (watches.Existing(Type.ApiVersion, Type.Kind) is not { } watch)
            return null;
        if (!ReferenceEquals(_read.Watch, watch) || _read.Version != watch.Version)
        {
            _read = (watch, watch.Version);
            _namespaces.Clear();
            foreach (var application in watch.Items)
            {
                if (!_namespaces.TryGetValue(application.Metadata.Name, out var all))
                    _namespaces[application.Metadata.Name] = all = [];
                all.Add(application.Metadata.Namespace);
            }
        }
        return _namespaces.GetValueOrDefault(name) switch
        {
            null => null,
            [var only] => only,
            var several => several.Contains(first) ? first : null,
        };
    }
}
