using Ebb.Core.Workloads;
using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Resources;
using NodaTime;

namespace Ebb.Kubernetes.Power;

/// <summary>Computes the view of an UpsScaler.</summary>
internal static class ScalerView
{
    /// <summary>
    /// Written when a baseline is released, with the time at which that baseline was captured. The copy in the status
    /// cannot be removed in the same request; this distinguishes a copy that is left over from one whose original was
    /// overwritten.
    /// </summary>
    public const string ReleasedAnnotation = "ups-scaler.io/released";

    public static string TargetNamespace(UpsScaler scaler) =>
        string.IsNullOrEmpty(scaler.Spec?.Namespace) ? scaler.Metadata.Namespace : scaler.Spec.Namespace;

    public static UpsScalerView Of(UpsScaler scaler, WorkloadType? type, WorkloadLookup target)
    {
        var (meta, spec) = (scaler.Metadata, scaler.Spec);
        var (stated, copy) = (BaselineJson.Read(spec?.Baseline), Copy(scaler));
        var captured = spec?.SpecReplicas is >= 0 and var number ? number : (int?)null;
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
            HasFinalizer = meta.Finalizers.Contains(WellKnown.Finalizer),
            Type = spec?.Type,
            TargetNamespace = TargetNamespace(scaler),
            TargetName = spec?.Name,
            ShutdownPriority = spec?.ShutdownPriority,
            ScaleUpPriority = spec?.ScaleUpPriority,
            SpecReplicas = captured,
            Baseline = stated ?? copy ?? (captured is { } integer ? BaselineJson.FromInteger(integer, type) : null),
            IsBaselineLoose = stated is null ? copy is not null : !meta.Finalizers.Contains(WellKnown.Finalizer),
            Status = Status(scaler.Status),
            Target = target,
        };
    }

    /// <summary>The value of that annotation for a baseline.</summary>
    public static string Mark(Baseline? baseline) =>
        baseline?.CapturedAt is { } at ? KubernetesTime.Format(at) : "unknown";

    private static Baseline? Copy(UpsScaler scaler)
    {
        var copy = BaselineJson.Read(scaler.Status?.Baseline);
        return scaler.Metadata.Annotations.TryGetValue(ReleasedAnnotation, out var mark) && mark == Mark(copy)
            ? null
            : copy;
    }

    private static UpsScalerStatus? Status(UpsScalerStatusFields? fields)
    {
        if (fields is null || !Enum.TryParse<WorkloadPhase>(fields.Phase, out var phase))
            return null;
        return new UpsScalerStatus(
            phase,
            fields.Reason ?? "",
            fields.Since ?? NodaConstants.UnixEpoch,
            fields.ObservedGeneration ?? 0,
            BaselineJson.Read(fields.Baseline),
            fields.ChangedBy
        );
    }
}
