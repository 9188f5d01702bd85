using Ebb.Core.Workloads;
using Ebb.Kubernetes.Baselines;
using Ebb.Kubernetes.Resources;
using NodaTime;

namespace Ebb.Kubernetes.Power;

/// <summary>Computes the view of an UpsScaler.</summary>
internal static class ScalerView
{
    public static string TargetNamespace(UpsScaler scaler) =>
        string.IsNullOrEmpty(scaler.Spec?.Namespace) ? scaler.Metadata.Namespace : scaler.Spec.Namespace;

    public static UpsScalerView Of(UpsScaler scaler, StoredBaseline? baseline, WorkloadLookup target)
    {
        var (meta, spec) = (scaler.Metadata, scaler.Spec);
        // From memory only for the workload that it was captured of.
        var kept =
            baseline is { IsDeleted: true }
            && (
                target is WorkloadLookup.Absent
                || (target is WorkloadLookup.Found found && found.Workload.Uid != baseline.Before.Uid)
            )
                ? null
                : baseline;
        return new UpsScalerView
        {
            Ref = new ObjectRef(
                Kinds.UpsScalers.Type.ApiVersion,
                Kinds.UpsScalers.Type.Kind,
                meta.Namespace,
                meta.Name
            ),
            Uid = meta.Uid,
            ResourceVersion = meta.ResourceVersion,
            Generation = meta.Generation ?? 0,
            CreatedAt = meta.CreationTimestamp,
            Deleting = meta.DeletionTimestamp is not null,
            Type = spec?.Type,
            TargetNamespace = TargetNamespace(scaler),
            TargetName = spec?.Name,
            ShutdownPriority = spec?.ShutdownPriority,
            ScaleUpPriority = spec?.ScaleUpPriority,
            SpecReplicas = spec?.SpecReplicas is >= 0 and var number ? number : null,
            Baseline = kept?.Before,
            IsBaselineDeleted = kept?.IsDeleted == true,
            Status = Status(scaler.Status),
            Target = target,
        };
    }

    /// <summary>A workload that no UpsScaler names any more, as one whose UpsScaler was deleted.</summary>
    public static UpsScalerView Orphan(StoredBaseline stored, WorkloadLookup target) =>
        new()
        {
            Ref = stored.Ref,
            Uid = stored.Uid,
            ResourceVersion = stored.Version,
            CreatedAt = stored.Before.CapturedAt,
            Deleting = true,
            Type = stored.Key.Type,
            TargetNamespace = stored.Key.Namespace,
            TargetName = stored.Key.Name,
            ShutdownPriority = 0,
            ScaleUpPriority = 0,
            Baseline = stored.Before,
            Target = target,
        };

    private static UpsScalerStatus? Status(UpsScalerStatusFields? fields)
    {
        if (fields is null || !Enum.TryParse<WorkloadPhase>(fields.Phase, out var phase))
            return null;
        return new UpsScalerStatus(
            phase,
            fields.Reason ?? "",
            fields.Since ?? NodaConstants.UnixEpoch,
            fields.ObservedGeneration ?? 0,
            fields.ChangedBy
        );
    }
}
