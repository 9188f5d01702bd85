using Ebb.Core.Capacity;
using Ebb.Core.Time.Sizing;
using Ebb.Core.Workloads;
using Ebb.Kubernetes.Capacity;

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
            Controller = Controller(meta),
            Owners = [.. meta.OwnerReferences.Select(owner => owner.Uid ?? "")],
            // The HPA controller scales workloads as it should; that is not a dispute.
            SizedBy = meta.SizedBy?.Manager is { } manager and not (WellKnown.FieldManager or "kube-controller-manager")
                ? manager
                : null,
        };

    private static readonly int Cpu = Interned.Resources.IdOf("cpu");
    private static readonly int Memory = Interned.Resources.IdOf("memory");

    /// <summary>Null: nothing, or not known.</summary>
    public static ReplicaRequests? Requests(Amounts? requested)
    {
        const double millicores = 1000,
            gibibyte = 1L << 30;
        if (requested is null || requested.Count == 0)
            return null;
        var (cpu, memory) = (requested.Of(Cpu), requested.Of(Memory));
        return new ReplicaRequests(cpu == 0 ? null : cpu / millicores, memory == 0 ? null : memory / gibibyte);
    }

    private static string? Controller(ObjectMeta meta) =>
        meta.OwnerReferences.FirstOrDefault(owner => owner.Controller == true) is { } owner
            ? $"{owner.Kind} {owner.Name}"
        // KEDA's label, where it is told to set no owner.
        : meta.Labels.TryGetValue("scaledobject.keda.sh/name", out var scaled) ? $"ScaledObject {scaled}"
        : null;

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
            Requests = Requests(
                ((workload as Deployment)?.Spec?.Template ?? (workload as StatefulSet)?.Spec?.Template)?.Spec?.Requests
            ),
            DeletesClaimsWhenScaled =
                (workload as StatefulSet)?.Spec?.PersistentVolumeClaimRetentionPolicy?.WhenScaled == "Delete",
        };
}
