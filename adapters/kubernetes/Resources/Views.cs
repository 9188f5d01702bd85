using Ebb.Core.Time.Sizing;
using Ebb.Core.Workloads;

namespace Ebb.Kubernetes.Resources;

/// <summary>Objects as the clock sees them.</summary>
internal static class Views
{
    /// <summary>The part that every kind has.</summary>
    public static ObjectView Of(ResourceType type, ObjectMeta meta) =>
        new()
        {
            Ref = new ObjectRef(type.ApiVersion, type.Kind, meta.Namespace, meta.Name),
            Uid = meta.Uid,
            ResourceVersion = meta.ResourceVersion,
            Generation = meta.Generation ?? 0,
            Deleting = meta.DeletionTimestamp is not null,
            Labels = meta.Labels,
            Annotations = meta.Annotations,
            Finalizers = meta.Finalizers,
            Owners = [.. meta.OwnerReferences.Select(owner => owner.Uid ?? "")],
            // The HPA controller scales workloads as it should; that is not a dispute.
            SizedBy = meta.SizedBy?.Manager is { } manager and not (WellKnown.FieldManager or "kube-controller-manager")
                ? manager
                : null,
        };

    /// <summary>A workload, of which the clock reads the size. Absent replicas are 1, as the API defines it.</summary>
    public static ObjectView Of(ResourceType type, IKubernetesObject workload) =>
        Of(type, workload.Metadata) with
        {
            Replicas = workload switch
            {
                Deployment deployment => deployment.Spec?.Replicas ?? 1,
                StatefulSet set => set.Spec?.Replicas ?? 1,
                _ => throw new ArgumentOutOfRangeException(
                    nameof(workload),
                    workload.GetType().Name,
                    "a kind that the clock does not size"
                ),
            },
            DeletesClaimsWhenScaled =
                (workload as StatefulSet)?.Spec?.PersistentVolumeClaimRetentionPolicy?.WhenScaled == "Delete",
        };
}
