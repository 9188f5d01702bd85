namespace Ebb.Core.Workloads;

/// <summary>A Service as far as it tells which workloads are behind an address.</summary>
/// <param name="Namespace">Its namespace, which is that of its pods as well.</param>
/// <param name="Name">Its name.</param>
/// <param name="Selector">The labels of its pods; empty: it selects none.</param>
/// <param name="Addresses">Its IP addresses and the host names of its load balancer, as written.</param>
/// <param name="Ports">What it listens on at those.</param>
/// <param name="NodePorts">What it listens on at every node.</param>
/// <param name="ExternalName">The name that it is another one for; null: none.</param>
public sealed record ServiceView(
    string Namespace,
    string Name,
    IReadOnlyDictionary<string, string> Selector,
    IReadOnlyCollection<string> Addresses,
    IReadOnlyCollection<int> Ports,
    IReadOnlyCollection<int> NodePorts,
    string? ExternalName = null
)
{
    /// <summary>The label that a StatefulSet gives each pod of its own, beside those of its template.</summary>
    private const string PodName = "statefulset.kubernetes.io/pod-name";

    private static readonly string[] Generated =
    [
        "apps.kubernetes.io/pod-index",
        "pod-template-hash",
        "pod-template-generation",
        "controller-revision-hash",
    ];

    /// <summary>
    /// Whether pods of the workload are behind it; null: they are if they have labels that are not known.
    /// </summary>
    public bool? Selects(WorkloadView workload)
    {
        ArgumentNullException.ThrowIfNull(workload);
        if (workload.Ref.Namespace != Namespace || Selector.Count == 0)
            return false;
        var isWhole = workload is { PodLabels: not null, HasMorePodLabels: false };
        bool? selects = workload.PodLabels is null ? null : true;
        foreach (var (key, wanted) in Selector)
        {
            string? value = null;
            var isKnown = workload.PodLabels?.TryGetValue(key, out value) == true;
            if (isKnown ? value == wanted : IsGenerated(key, wanted, workload))
                continue;
            if (isKnown || isWhole)
                return false;
            selects = null;
        }
        return selects;
    }

    private static bool IsGenerated(string key, string wanted, WorkloadView workload) =>
        Generated.Contains(key)
        || (key == PodName && wanted.StartsWith(workload.Ref.Name + "-", StringComparison.Ordinal));

    /// <summary>Whether it leads to the workload; where labels do not tell, the name is all that there is.</summary>
    public bool LeadsTo(WorkloadView workload) => Selects(workload) ?? workload.Ref.Name == Name;

    /// <inheritdoc/>
    public override string ToString() => $"{Namespace}/{Name}";
}
