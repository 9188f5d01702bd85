using Ebb.Core.Workloads;
using Ebb.Kubernetes.Resources;

namespace Ebb.Kubernetes.Power;

/// <summary>Views of workloads that no UpsScaler names, as if one did.</summary>
internal static class UnnamedView
{
    /// <summary>
    /// What applies others from Git, as if an UpsScaler named it; its place in the waves follows theirs.
    /// </summary>
    public static UpsScalerView Implied(
        BaselineKey owner,
        WorkloadType type,
        StoredBaseline? baseline,
        WorkloadLookup target,
        string? doubt
    ) =>
        new()
        {
            Ref = new ObjectRef(type.ApiVersion, type.Kind, owner.Namespace, owner.Name),
            Uid = $"implied {owner}",
            ResourceVersion = "",
            Implied = true,
            Doubt = doubt,
            Type = owner.Type,
            TargetNamespace = owner.Namespace,
            TargetName = owner.Name,
            Baseline = baseline?.Before,
            IsBaselineDeleted = baseline?.IsDeleted == true,
            Target = target,
        };

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

    /// <summary>A ScaledObject that no UpsScaler names any more, as one whose UpsScaler was deleted.</summary>
    public static UpsScalerView Unnamed(SpecObject scaled, WorkloadLookup target) =>
        new()
        {
            Ref = new ObjectRef(
                Kinds.ScaledObjects.Type.ApiVersion,
                Kinds.ScaledObjects.Type.Kind,
                scaled.Metadata.Namespace,
                scaled.Metadata.Name
            ),
            Uid = scaled.Metadata.Uid,
            ResourceVersion = scaled.Metadata.ResourceVersion,
            CreatedAt = scaled.Metadata.CreationTimestamp,
            Deleting = true,
            Type = "scaledobject",
            TargetNamespace = scaled.Metadata.Namespace,
            TargetName = scaled.Metadata.Name,
            ShutdownPriority = 0,
            ScaleUpPriority = 0,
            Target = target,
        };
}
