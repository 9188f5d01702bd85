using Ebb.Kubernetes.Resources;

namespace Ebb.Kubernetes.Power;

/// <summary>
/// One object and everything else that its view is computed from. Equal inputs give the same view, so that unchanged
/// workloads cost nothing.
/// </summary>
/// <param name="Object">The object.</param>
/// <param name="Scale">Its scale, for kinds that are known only by name.</param>
/// <param name="Pods">Its pods, where they must be counted.</param>
/// <param name="Left">Its pods, where some of them cannot end or cannot start.</param>
/// <param name="Way">How it sleeps, where that is by its fields.</param>
/// <param name="Places">Where its pods are, where a node names what feeds it.</param>
internal readonly record struct WorkloadInputs(
    IKubernetesObject Object,
    Scale? Scale,
    PodCount? Pods,
    PodsLeft? Left = null,
    DeclaredWay? Way = null,
    PodPlaces? Places = null
)
{
    public bool IsSameAs(in WorkloadInputs other) =>
        ReferenceEquals(Object, other.Object)
        && ReferenceEquals(Scale, other.Scale)
        && Pods == other.Pods
        && Left == other.Left
        && Places == other.Places
        && (Way is null ? other.Way is null : Way.IsSameAs(other.Way));
}
