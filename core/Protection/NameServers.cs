using Ebb.Core.Waves;
using Ebb.Core.Workloads;

namespace Ebb.Core.Protection;

/// <summary>
/// Workloads that answer DNS and are put to sleep. They may be, because a source is asked where it answered last; but
/// that is a risk, and a person should know it before the day.
/// </summary>
public static class NameServers
{
    private const int Dns = 53;

    private static readonly (string Key, string Value)[] Labels =
    [
        ("k8s-app", "kube-dns"),
        ("k8s-app", "coredns"),
        ("app.kubernetes.io/name", "coredns"),
    ];

    /// <summary>One sentence for each.</summary>
    public static IReadOnlyList<string> Risks(
        IEnumerable<Member> members,
        IReadOnlyList<SourcePlace> sources,
        IReadOnlyList<ServiceView>? services
    )
    {
        ArgumentNullException.ThrowIfNull(members);
        ArgumentNullException.ThrowIfNull(sources);
        var named = sources
            .Where(s => s.IsName)
            .Select(s => s.Host)
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .ToList();
        if (named.Count == 0)
            return [];
        var resolvers = (services ?? []).Where(s => s.Ports.Contains(Dns)).ToList();
        return
        [
            .. members
                .Where(m => m is { Refusal: null, Scaler.Deleting: false })
                .Select(m => (Member: m, Sign: Sign(m.Workload, resolvers)))
                .Where(m => m.Sign is not null)
                .Select(m =>
                    $"{m.Member} answers DNS ({m.Sign}) and is put to sleep: {string.Join(", ", named)} can then be asked "
                    + "only where it answered last; name the UPS's address in Power__Sources, or let this one stay awake"
                ),
        ];
    }

    private static string? Sign(WorkloadView? workload, List<ServiceView> resolvers)
    {
        if (workload is null)
            return null;
        foreach (var (key, value) in Labels)
            if (workload.PodLabels?.TryGetValue(key, out var found) == true && found == value)
                return $"{key}={value}";
        return resolvers.Find(s => s.LeadsTo(workload)) is { } service ? $"Service {service}, port {Dns}" : null;
    }
}
