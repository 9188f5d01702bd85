using System.Runtime.CompilerServices;
using Ebb.Core.Rights;
using Ebb.Core.Workloads;
using Ebb.Kubernetes;
using Ebb.Kubernetes.Access;
using Ebb.Kubernetes.Api;

namespace Ebb.Engine.Commands;

/// <summary>Which of the rights that are needed are missing?</summary>
internal sealed class RightsCheck(KubernetesApi api, IReadOnlyList<Right> rights, string ownNamespace) : ICheck
{
    private const int AtOnce = 8;

    /// <summary>Whose rights are listed; of any other type the server says what it is.</summary>
    private static readonly IReadOnlyList<WorkloadType> Given =
    [
        .. WorkloadType.Known,
        WorkloadType.Hook,
        WorkloadType.Node,
    ];

    public async IAsyncEnumerable<Finding> FindAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        List<Finding> missing = [];
        string? failure = null;
        try
        {
            missing = await MissingAsync(cancellationToken);
        }
        catch (KubernetesException fault)
        {
            failure = fault.Message;
        }
        if (failure is not null)
            yield return new Finding(Severity.Failed, "rights", failure);
        else if (missing.All(finding => finding.Severity == Severity.Note))
            yield return new Finding(Severity.Fine, "rights", "all that are needed for what is configured");
        foreach (var finding in missing)
            yield return finding;
    }

    private async Task<List<Finding>> MissingAsync(CancellationToken cancellationToken)
    {
        var access = new ClusterAccess(api);
        List<Finding> findings = [];
        var named = await NamedAsync(access, cancellationToken);
        List<Right> needed = [.. rights];
        if (named.Contains(WorkloadType.Hook))
            needed.AddRange(OperatorRights.Hooks);
        if (named.Contains(WorkloadType.Node))
            needed.AddRange(OperatorRights.Nodes);
        foreach (var own in named.Where(type => !Given.Contains(type)))
            needed.AddRange(await access.NeededForAsync(own, cancellationToken));
        var used = named.Select(type => type.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var group in needed.GroupBy(right => (right.Group, right.Version)))
        {
            var served = await access.ServedAsync(group.Key.Group, group.Key.Version, cancellationToken);
            // What is not installed needs no right.
            foreach (var right in group.Where(right => served?.Contains(right.Plural) == true))
            {
                var verbs = await MissingVerbsAsync(access, right, cancellationToken);
                if (verbs.Count > 0)
                    findings.Add(Tell(right, verbs, right.Only is { } only && !used.Contains(only)));
            }
        }
        return findings;
    }

    private async Task<List<string>> MissingVerbsAsync(
        ClusterAccess access,
        Right right,
        CancellationToken cancellationToken
    )
    {
        List<string> missing = [];
        foreach (var some in right.Verbs.Chunk(AtOnce))
        {
            var may = await Task.WhenAll(
                some.Select(verb => access.MayAsync(right, verb, right.Own ? ownNamespace : null, cancellationToken))
            );
            missing.AddRange(some.Where((_, i) => !may[i]));
        }
        return missing;
    }

    /// <summary>Where they cannot be read that is a missing right by itself, or a missing definition.</summary>
    private static async Task<IReadOnlySet<WorkloadType>> NamedAsync(
        ClusterAccess access,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await access.NamedTypesAsync(cancellationToken);
        }
        catch (KubernetesException refused) when (refused.Code is 403 or 404)
        {
            return new HashSet<WorkloadType>();
        }
    }

    private Finding Tell(Right right, List<string> verbs, bool unused)
    {
        var text =
            $"{string.Join(", ", verbs)} {right} in {(right.Own ? $"the namespace {ownNamespace}" : "all namespaces")}";
        var also =
            WorkloadType.Parse(right.Only)?.IsReconciler == true ? ", and for what it applies (Power__GitOps)" : "";
        return unused
                ? new Finding(
                    Severity.Note,
                    "right",
                    $"{text}: only needed for UpsScalers and Schedules of type {right.Only}{also}"
                )
            : right.Only is { } only
                ? new Finding(Severity.Missing, "right", $"{text}: there are UpsScalers or Schedules of type {only}")
            : new Finding(Severity.Missing, "right", text);
    }
}
