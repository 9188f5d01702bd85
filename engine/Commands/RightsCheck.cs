using System.Runtime.CompilerServices;
using Ebb.Core.Workloads;
using Ebb.Engine.Rights;
using Ebb.Kubernetes;

namespace Ebb.Engine.Commands;

/// <summary>Which of the rights that are needed are missing?</summary>
internal sealed class RightsCheck(NeededRights rights) : ICheck
{
    public async IAsyncEnumerable<Finding> FindAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        IReadOnlyList<MissingRight> missing = [];
        string? failure = null;
        try
        {
            missing = await rights.MissingAsync(cancellationToken);
        }
        catch (KubernetesException fault)
        {
            failure = fault.Message;
        }
        if (failure is not null)
            yield return new Finding(Severity.Failed, "rights", failure);
        else if (missing.All(one => !one.IsUsed))
            yield return new Finding(Severity.Fine, "rights", "all that are needed for what is configured");
        foreach (var one in missing)
            yield return Tell(one);
    }

    private static Finding Tell(MissingRight missing)
    {
        var only = missing.Right.Only;
        var also = WorkloadType.Parse(only)?.IsReconciler == true ? ", and for what it applies (Power__GitOps)" : "";
        return !missing.IsUsed
                ? new Finding(
                    Severity.Note,
                    "right",
                    $"{missing.Text}: only needed for UpsScalers and Schedules of type {only}{also}"
                )
            : only is not null
                ? new Finding(
                    Severity.Missing,
                    "right",
                    $"{missing.Text}: there are UpsScalers or Schedules of type {only}"
                )
            : new Finding(Severity.Missing, "right", missing.Text);
    }
}
