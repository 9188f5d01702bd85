using System.Runtime.CompilerServices;
using Ebb.Core.Rights;
using Ebb.Kubernetes;
using Ebb.Kubernetes.Access;
using Ebb.Kubernetes.Api;

namespace Ebb.Engine.Commands;

/// <summary>Does the API server answer, and does it serve Ebb's own kinds?</summary>
internal sealed class ClusterCheck(KubernetesApi api, IReadOnlyList<Right> rights) : ICheck
{
    // Kinds of others need not be installed.
    private static readonly string[] OwnGroups =
    [
        "ebb.dev",
        "ups-scaler.io",
        "scaler.udaan.io",
        "autoscaling.d-kuro.github.io",
    ];

    public async IAsyncEnumerable<Finding> FindAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var access = new ClusterAccess(api);
        string? failure = null;
        List<string> missing = [];
        try
        {
            foreach (var group in rights.Where(r => OwnGroups.Contains(r.Group)).GroupBy(r => (r.Group, r.Version)))
            {
                var served = await access.ServedAsync(group.Key.Group, group.Key.Version, cancellationToken);
                missing.AddRange(
                    group
                        .Select(right => right.Plural)
                        .Distinct(StringComparer.Ordinal)
                        .Where(plural => served?.Contains(plural) != true)
                        .Select(plural => $"{plural}.{group.Key.Group}")
                );
            }
        }
        catch (KubernetesException fault)
        {
            failure = fault.Message;
        }
        if (failure is not null)
        {
            yield return new Finding(Severity.Failed, "cluster", $"{api.Connection}: {failure}");
            yield break;
        }
        yield return new Finding(Severity.Fine, "cluster", api.Connection.ToString());
        foreach (var one in missing)
            yield return new Finding(Severity.Missing, "definition", $"{one}: apply deploy/crds");
    }
}
