using Ebb.Core.Workloads.Declared;
using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Resources;

namespace Ebb.Kubernetes.Power;

/// <summary>The labels that the pods of a workload have.</summary>
internal static class PodLabels
{
    /// <summary>
    /// From its template, and those that its pods are counted by. Null: neither tells. Of another kind than Kubernetes'
    /// own the pods may have more: its controller may add some.
    /// </summary>
    public static (SmallDictionary? Known, bool More) Of(
        ResourceType type,
        IKubernetesObject workload,
        Scale? scale,
        OwnPods? own = null
    ) =>
        workload switch
        {
            Deployment { Spec.Template: { } template } => (template.Metadata?.Labels ?? SmallDictionary.None, false),
            StatefulSet { Spec.Template: { } template } => (template.Metadata?.Labels ?? SmallDictionary.None, false),
            SpecObject whole => Of(type, TemplateLabels.Of(whole.Spec), OwnSelector.Of(whole, own)),
            ScalableObject named => Of(type, named.Spec?.PodLabels, LabelSelector.Parse(scale?.Status?.Selector)),
            _ => (null, true),
        };

    private static (SmallDictionary? Known, bool More) Of(
        ResourceType type,
        SmallDictionary? template,
        LabelSelector? selector
    ) =>
        template is null
            ? (selector?.MatchLabels, true)
            : (
                new SmallDictionary([
                    .. template.Concat(selector?.MatchLabels ?? SmallDictionary.None).DistinctBy(label => label.Key),
                ]),
                type.Group != "apps"
            );
}
