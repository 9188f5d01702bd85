using System.Text.Json;
using Ebb.Core.Gates;
using Ebb.Core.Hooks;
using Ebb.Core.Selection;
using Ebb.Core.Workloads;
using Ebb.Kubernetes.Baselines;
using Ebb.Kubernetes.Resources;
using NodaTime;

namespace Ebb.Kubernetes.Power;

/// <summary>Computes the view of an UpsScaler.</summary>
internal static class ScalerView
{
    /// <summary>Empty: the workload lives in none.</summary>
    public static string TargetNamespace(UpsScaler scaler) =>
        WorkloadType.IsNode(scaler.Spec?.Type) ? ""
        : string.IsNullOrEmpty(scaler.Spec?.Namespace) ? scaler.Metadata.Namespace
        : scaler.Spec.Namespace;

    /// <summary>It runs a hook, and sizes no workload.</summary>
    public static bool IsHook(UpsScaler scaler) => scaler.Spec?.Hook is { ValueKind: not JsonValueKind.Null };

    public static UpsScalerView Of(UpsScaler scaler, StoredBaseline? baseline, WorkloadLookup target)
    {
        var (meta, spec) = (scaler.Metadata, scaler.Spec);
        var hook = IsHook(scaler) ? HookReader.Read(spec!.Hook!.Value) : null;
        if (hook is not null)
            target = Hook(scaler, hook.Value, baseline);
        var kept = Belonging(baseline, target);
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
            Type = IsHook(scaler) ? WorkloadType.Hook.Name : spec?.Type,
            TargetNamespace = IsHook(scaler) ? meta.Namespace : TargetNamespace(scaler),
            NeedlessNamespace =
                !IsHook(scaler) && WorkloadType.IsNode(spec?.Type) && spec?.Namespace is { Length: > 0 } place
                    ? place
                    : null,
            TargetName = IsHook(scaler) ? meta.Name : spec?.Name,
            ShutdownPriority = spec?.ShutdownPriority,
            ScaleUpPriority = spec?.ScaleUpPriority,
            OnBatteryFor = spec?.OnBatteryFor,
            ChargeBelow = spec?.ChargeBelow,
            RuntimeBelow = spec?.RuntimeBelow,
            LoadAbove = spec?.LoadAbove,
            Hook = hook,
            IsBoth = IsHook(scaler) && (spec!.Type ?? spec.Name) is not null,
            Gates = spec?.Gates is { } gates ? GateSpec.Read(gates, meta.Namespace) : Gate.None,
            SpecReplicas = spec?.SpecReplicas is >= 0 and var number ? number : null,
            Baseline = kept?.Before,
            IsBaselineDeleted = kept?.IsDeleted == true,
            IsScheduled = kept?.Holders.Contains(BaselineSource.Schedule) == true,
            Status = Status(scaler.Status),
            Target = target,
        };
    }

    /// <summary>From memory only for the workload that it was captured of.</summary>
    public static StoredBaseline? Belonging(StoredBaseline? baseline, WorkloadLookup target) =>
        baseline is { IsDeleted: true }
        && (
            target is WorkloadLookup.Absent
            || (target is WorkloadLookup.Found found && found.Workload.Uid != baseline.Before.Uid)
        )
            ? null
            : baseline;

    /// <summary>One of those that an UpsScaler selects.</summary>
    /// <param name="scaler">The UpsScaler.</param>
    /// <param name="item">Namespace and name of the workload.</param>
    /// <param name="labels">Of the workload.</param>
    /// <param name="baseline">What is stored of it; null: nothing.</param>
    /// <param name="target">The workload.</param>
    public static UpsScalerView Selected(
        UpsScaler scaler,
        (string Namespace, string Name) item,
        IReadOnlyDictionary<string, string> labels,
        StoredBaseline? baseline,
        WorkloadLookup target
    )
    {
        var (down, downFault) = ScalerSelection.Priority(
            labels,
            ScalerSelection.ShutdownPriority,
            scaler.Spec?.ShutdownPriority
        );
        var (up, upFault) = ScalerSelection.Priority(
            labels,
            ScalerSelection.ScaleUpPriority,
            scaler.Spec?.ScaleUpPriority
        );
        return Of(scaler, baseline, target) with
        {
            Uid = $"{scaler.Metadata.Uid} {item.Namespace}/{item.Name}",
            SelectedBy = scaler.Metadata.Uid,
            TargetNamespace = item.Namespace,
            TargetName = item.Name,
            ShutdownPriority = down,
            ScaleUpPriority = up,
            LabelFaults = [.. new[] { downFault, upFault }.OfType<string>()],
            SpecReplicas = null,
            Status = null,
        };
    }

    /// <summary>The hook in place of a workload: itself, with its last run.</summary>
    private static WorkloadLookup Hook(UpsScaler scaler, HookSpec? spec, StoredBaseline? baseline) =>
        spec is null
            ? new WorkloadLookup.Unknown("spec.hook is not valid")
            : new WorkloadLookup.Found(
                new WorkloadView
                {
                    Ref = new ObjectRef(
                        Kinds.UpsScalers.Type.ApiVersion,
                        Kinds.UpsScalers.Type.Kind,
                        scaler.Metadata.Namespace,
                        scaler.Metadata.Name
                    ),
                    Uid = scaler.Metadata.Uid,
                    ResourceVersion = scaler.Metadata.ResourceVersion,
                    Hook = new HookView(spec, baseline?.Notes.Hook),
                }
            );

    private static bool IsText(JsonElement one) => one.ValueKind == JsonValueKind.String;

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
        )
        {
            Selected = fields.Selected,
            Workloads = fields.Workloads is { ValueKind: JsonValueKind.Array } workloads
                ? [.. workloads.EnumerateArray().Where(IsText).Select(one => one.GetString()!)]
                : [],
        };
    }
}
