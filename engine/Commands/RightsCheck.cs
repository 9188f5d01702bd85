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
        foreach (var one in missing.Where(one => one.IsUsed || one.Right.Without is null))
            yield return Tell(one);
        foreach (var choice in missing.Where(one => !one.IsUsed).GroupBy(one => one.Right.Without))
            if (choice.Key is { } without)
                yield return new Finding(
                    Severity.Note,
                    "right",
                    $"{string.Join("; ", choice.Select(one => one.Text))}: by choice, without them {without}"
                );
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
            : missing.Right.Without is { } without
                ? new Finding(
                    Severity.Missing,
                    "right",
                    $"{missing.Text}: others that belong to it are granted, and without it {without}"
                )
            : new Finding(Severity.Missing, "right", missing.Text);
    }
}
