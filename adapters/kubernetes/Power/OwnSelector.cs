using System.Text.Json;
using Ebb.Core.Workloads.Declared;
using Ebb.Kubernetes.Resources;

namespace Ebb.Kubernetes.Power;

/// <summary>The selector of the pods of a workload that sleeps by its fields.</summary>
internal static class OwnSelector
{
    /// <summary>Null: its SleepMethod names no pods, or the workload has no selector where that says.</summary>
    public static LabelSelector? Of(SpecObject workload, OwnPods? own)
    {
        if (own is null)
            return null;
        if (own.Selector is not { } path)
            return new LabelSelector(new SmallDictionary([.. own.Of(workload.Metadata.Name)]), null);
        var fields = new ObjectFields(workload.Metadata.Annotations, workload.Metadata.Labels, workload.Spec, null);
        if (fields.Json(path) is not { } json)
            return null;
        try
        {
            // An empty one would select every pod of the namespace.
            return
                JsonSerializer.Deserialize(json, KubernetesJson.Default.LabelSelector)
                    is { } found
                        and not { MatchLabels: null or { Count: 0 }, MatchExpressions: null or { Length: 0 } }
                ? found
                : null;
        }
        catch (JsonException)
        {
            // No selector stands there: which pods are its own is then not known.
            return null;
        }
    }
}
