using Ebb.Core.Workloads.Declared;
using Ebb.Kubernetes.Resources;

namespace Ebb.Kubernetes.Power;

/// <summary>The labels that the pods of a workload have.</summary>
internal static class PodLabels
{
    /// <summary>
    /// From its template; of a kind that is known by name only, those that its scale counts its pods by. Null: neither
    /// tells.
    /// </summary>
    public static SmallDictionary? Of(IKubernetesObject workload, Scale? scale, OwnPods? own = null) =>
        workload switch
        {
            Deployment { Spec.Template: { } template } => template.Metadata?.Labels ?? SmallDictionary.None,
            StatefulSet { Spec.Template: { } template } => template.Metadata?.Labels ?? SmallDictionary.None,
            SpecObject whole => OwnSelector.Of(whole, own)?.MatchLabels,
            BareObject => LabelSelector.Parse(scale?.Status?.Selector)?.MatchLabels,
            _ => null,
        };
}
