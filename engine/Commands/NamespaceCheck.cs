using System.Runtime.CompilerServices;
using Ebb.Kubernetes;
using Ebb.Kubernetes.Access;
using Ebb.Kubernetes.Api;

namespace Ebb.Engine.Commands;

/// <summary>Is the namespace there without which no replica can lead and no order can be stored?</summary>
internal sealed class NamespaceCheck(KubernetesApi api, string ownNamespace) : ICheck
{
    public async IAsyncEnumerable<Finding> FindAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        bool? there = null;
        string? failure = null;
        try
        {
            there = await new ClusterAccess(api).HasNamespaceAsync(ownNamespace, cancellationToken);
        }
        catch (KubernetesException fault)
        {
            failure = fault.Message;
        }
        yield return (there, failure) switch
        {
            (_, { } why) => new Finding(Severity.Failed, "namespace", $"{ownNamespace}: {why}"),
            (true, _) => new Finding(Severity.Fine, "namespace", ownNamespace),
            (false, _) => new Finding(
                Severity.Missing,
                "namespace",
                $"{ownNamespace} (State__Namespace) does not exist: no replica can lead, and no order can be stored"
            ),
            _ => new Finding(
                Severity.Note,
                "namespace",
                $"{ownNamespace} (State__Namespace): whether it exists may not be asked"
            ),
        };
    }
}
