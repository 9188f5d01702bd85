using Ebb.Core.Gates;
using Ebb.Core.Hooks;
using Ebb.Core.Workloads;

namespace Ebb.Core.Waves;

/// <summary>What is wrong with an UpsScaler by itself, as sentences for whoever wrote it.</summary>
internal static class UpsScalerFaults
{
    /// <summary>What is wrong with it, whatever others say.</summary>
    public static List<string> Of(UpsScalerView scaler, WorkloadType? type, IReadOnlyCollection<string>? admins)
    {
        List<string> faults = [];
        if (scaler.Hook is { } hook)
        {
            faults.AddRange(hook.Faults.Select(fault => fault.ToString()));
            if (scaler.IsBoth)
                faults.Add("spec.hook: expected either a hook or the type and name of a workload, found both");
            if (
                hook.Value?.Kind is HookKind.Http or HookKind.Nut
                && admins is not null
                && !admins.Contains(scaler.Ref.Namespace)
            )
                faults.Add(
                    $"spec.hook.type: expected job, found {hook.Value.Word}; only in {string.Join(", ", admins)} "
                        + "(Tenancy__AdminNamespaces) Ebb sends requests and commands for it"
                );
        }
        if (admins is not null && !admins.Contains(scaler.Ref.Namespace))
            faults.AddRange(
                (scaler.Gates.Value ?? [])
                    .Select(gate => gate.Condition?.Namespace)
                    .Where(place => place is not null && place != scaler.Ref.Namespace)
                    .Select(place =>
                        $"spec.gates: expected a condition of an object in {Quoted(scaler.Ref.Namespace)}, its own, "
                        + $"found {Quoted(place)}; only in {string.Join(", ", admins)} (Tenancy__AdminNamespaces) it "
                        + "may be another one"
                    )
            );
        faults.AddRange(scaler.Gates.Faults.Select(fault => fault.ToString()));
        if (type is null)
            faults.Add($"spec.type: expected {WorkloadType.ExpectedOfUpsScaler}, found {Quoted(scaler.Type)}");
        if (string.IsNullOrEmpty(scaler.TargetName))
            faults.Add("spec.name: expected the name of a workload, found nothing");
        else if (!UpsScalerValidation.IsName(scaler.TargetName))
            faults.Add(
                "spec.name: expected a DNS subdomain of at most 253 characters (RFC 1123), "
                    + $"found {Quoted(scaler.TargetName)}"
            );
        if (type?.IsClusterScoped == true)
            faults.AddRange(OfClusterScoped(scaler, type));
        else if (!UpsScalerValidation.IsName(scaler.TargetNamespace) || scaler.TargetNamespace.Length > 63)
            faults.Add(
                "spec.namespace: expected a DNS label of at most 63 characters (RFC 1123), "
                    + $"found {Quoted(scaler.TargetNamespace)}"
            );
        if (UpsScalerValidation.IsForeign(scaler, admins) && type?.IsClusterScoped == true)
            faults.Add(ForAdmins(type, admins!));
        else if (UpsScalerValidation.IsForeign(scaler, admins) && scaler.SelectsNamespaces)
            faults.Add(NoNamespaceSelector(admins!));
        else if (UpsScalerValidation.IsForeign(scaler, admins))
            faults.Add(
                $"spec.namespace: expected {Quoted(scaler.Ref.Namespace)}, its own, found "
                    + $"{Quoted(scaler.TargetNamespace)}; only in {string.Join(", ", admins!)} "
                    + "(Tenancy__AdminNamespaces) it may be another one"
            );
        var label = scaler.SelectedBy is null ? "" : ", here or in a label of the workload";
        if (scaler.ShutdownPriority is null)
            faults.Add($"spec.shutdownPriority: expected an integer{label}, found nothing");
        if (scaler.ScaleUpPriority is null)
            faults.Add($"spec.scaleUpPriority: expected an integer{label}, found nothing");
        faults.AddRange(scaler.LabelFaults);
        Stage.Read(scaler, faults);
        return faults;
    }

    /// <summary>Why a tenant may not select namespaces.</summary>
    internal static string NoNamespaceSelector(IReadOnlyCollection<string> admins) =>
        $"spec.namespaceSelector: expected none: {OnlyThere(admins)}";

    /// <summary>Who may mean workloads of other namespaces.</summary>
    internal static string OnlyThere(IReadOnlyCollection<string> admins) =>
        $"only an UpsScaler in {string.Join(", ", admins)} (Tenancy__AdminNamespaces) may mean others";

    /// <summary>Why a tenant may not name what is everybody's.</summary>
    internal static string ForAdmins(WorkloadType type, IReadOnlyCollection<string> admins) =>
        $"spec.type: expected something that lives in a namespace, found {type.Name}; only in "
        + $"{string.Join(", ", admins)} (Tenancy__AdminNamespaces) it may be one";

    private static IEnumerable<string> OfClusterScoped(UpsScalerView scaler, WorkloadType type)
    {
        if (scaler.NeedlessNamespace is { } stated)
            yield return $"spec.namespace: expected none, since a {type.Name} lives in no namespace, "
                + $"found {Quoted(stated)}";
        if (scaler.Gates.Value?.Any(gate => gate.Kind == GateKind.NodesReady) == true)
            yield return $"spec.gates: expected none that waits for nodes, since a {type.Name} that sleeps is not "
                + "schedulable itself";
    }

    private static string Quoted(string? text) =>
        text is null ? "nothing" : $"\"{(text.Length > 80 ? text[..80] + "…" : text)}\"";
}
