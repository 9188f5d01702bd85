using Ebb.Core.Gates;
using Ebb.Core.GitOps;
using Ebb.Core.Hooks;
using Ebb.Core.Workloads;

namespace Ebb.Core.Waves;

/// <summary>
/// Namespace and name of something that must never be put to sleep: Ebb itself, or what tells it about the UPS.
/// </summary>
/// <param name="Namespace">The namespace.</param>
/// <param name="Name">The name.</param>
/// <param name="Why">For the refusal.</param>
public sealed record Protected(string Namespace, string Name, string Why)
{
    /// <summary>The Service whose pods are meant, whatever their workload is called; null: the name is meant.</summary>
    public ServiceView? Service { get; init; }

    /// <summary>Whether it is the workload of this name, or the one that a ScaledObject of this name scales.</summary>
    public bool Guards(string @namespace, string name, WorkloadLookup target)
    {
        var found = (target as WorkloadLookup.Found)?.Workload;
        // Where labels are not known the name is all that there is to go by.
        return Service is not null && found is not null && Service.Selects(found) is { } selects
            ? selects
            : Namespace == @namespace && (Name == name || Name == found?.Ref.Name);
    }
}

/// <summary>Validates all UpsScalers, each by the rules and against the others.</summary>
public static class UpsScalerValidation
{
    /// <summary>
    /// Every UpsScaler, in order of namespace and name; an invalid one is refused and does not affect the others.
    /// </summary>
    /// <param name="scalers">All of them, in no order.</param>
    /// <param name="guarded">What must stay awake.</param>
    /// <param name="admins">
    /// Namespaces whose UpsScalers may name workloads of other namespaces; null: any may.
    /// </param>
    /// <param name="clock">What a schedule asks of a workload at waking; null: there are no schedules.</param>
    /// <param name="gitOps">Whether what applies workloads from Git is held back.</param>
    public static IReadOnlyList<Member> Of(
        IReadOnlyList<UpsScalerView> scalers,
        IReadOnlyCollection<Protected> guarded,
        IReadOnlyCollection<string>? admins = null,
        Func<WorkloadType, UpsScalerView, ScheduledSize?>? clock = null,
        GitOpsMode gitOps = GitOpsMode.Auto
    )
    {
        ArgumentNullException.ThrowIfNull(scalers);
        ArgumentNullException.ThrowIfNull(guarded);
        var faults = new Dictionary<UpsScalerView, IReadOnlyList<string>>(ReferenceEqualityComparer.Instance);
        foreach (var scaler in scalers)
            faults[scaler] = Faults(scaler, WorkloadType.Named(scaler.Type), admins);
        // What is wrong holds no workload. Of two for one workload the one that names it holds, then the older, so that
        // a second one cannot take over what the first has begun.
        Dictionary<(string, string, string), UpsScalerView> first = [];
        foreach (
            var scaler in scalers
                .Where(s => s is { TargetName: not null, Implied: false } && !IsForeign(s, admins))
                .OrderBy(s => faults[s].Count > 0)
                .ThenBy(s => s.SelectedBy is not null)
                .ThenBy(s => s.CreatedAt ?? NodaTime.Instant.MaxValue)
                .ThenBy(s => s.Ref.ToString(), StringComparer.Ordinal)
        )
        {
            if (WorkloadType.Named(scaler.Type) is { } type)
                first.TryAdd(Key(scaler, type), scaler);
        }

        var implied = scalers.Where(s => s.Implied).ToList();
        var impliedKeys = implied.Select(s => Key(s, WorkloadType.Parse(s.Type)!)).ToHashSet();
        return OwnersOf.With(
            [
                .. scalers
                    .Where(s => !s.Implied && (s.SelectedBy is null || Holds(s, admins, first)))
                    .OrderBy(s => s.Ref.Namespace, StringComparer.Ordinal)
                    .ThenBy(s => s.Ref.Name, StringComparer.Ordinal)
                    .ThenBy(s => s.SelectedBy is null ? "" : s.TargetNamespace, StringComparer.Ordinal)
                    .ThenBy(s => s.SelectedBy is null ? "" : s.TargetName, StringComparer.Ordinal)
                    .Select(scaler =>
                    {
                        var type = WorkloadType.Named(scaler.Type);
                        var twin =
                            type is not null
                            && !IsForeign(scaler, admins)
                            && scaler.TargetName is not null
                            && first.GetValueOrDefault(Key(scaler, type)) is { } other
                            && !ReferenceEquals(other, scaler)
                                ? other
                                : null;
                        return new Member(
                            Owned(
                                scaler,
                                type,
                                twin,
                                admins,
                                key => first.ContainsKey(key) || impliedKeys.Contains(key)
                            ),
                            type,
                            gitOps == GitOpsMode.Off && type?.IsReconciler == true
                                ? $"spec.type: {type.Name} is left alone, because Power__GitOps is off"
                                : Refusal(scaler, type, faults[scaler], twin, guarded),
                            type is null ? null : clock?.Invoke(type, scaler)
                        );
                    }),
            ],
            implied
        );
    }

    /// <summary>
    /// A workload that is selected and that another one means, or that may not be selected, is told of once, by the
    /// UpsScaler that selects it.
    /// </summary>
    private static bool Holds(
        UpsScalerView scaler,
        IReadOnlyCollection<string>? admins,
        Dictionary<(string, string, string), UpsScalerView> first
    ) =>
        WorkloadType.OfUpsScaler(scaler.Type) is { } type
        && (
            IsForeign(scaler, admins)
                ? scaler.Baseline is not null && !first.ContainsKey(Key(scaler, type))
                : ReferenceEquals(first.GetValueOrDefault(Key(scaler, type)), scaler)
        );

    /// <summary>
    /// The baseline belongs to the UpsScaler that manages the workload. Where only one that may not is left, the
    /// workload is woken as if there were none.
    /// </summary>
    private static UpsScalerView Owned(
        UpsScalerView scaler,
        WorkloadType? type,
        UpsScalerView? twin,
        IReadOnlyCollection<string>? admins,
        Func<(string, string, string), bool> isManaged
    )
    {
        if (scaler.Baseline is null || type is null || (twin is null && !IsForeign(scaler, admins)))
            return scaler;
        return isManaged(Key(scaler, type)) ? scaler with { Baseline = null } : scaler with { Deleting = true };
    }

    /// <summary>It names a workload that is none of its business; what is left of a deleted one is Ebb's own.</summary>
    internal static bool IsForeign(UpsScalerView scaler, IReadOnlyCollection<string>? admins) =>
        admins is not null
        && !scaler.Deleting
        && (scaler.TargetNamespace != scaler.Ref.Namespace || scaler.SelectsNamespaces)
        && !admins.Contains(scaler.Ref.Namespace);

    private static (string, string, string) Key(UpsScalerView scaler, WorkloadType type) =>
        (type.Name, scaler.TargetNamespace, scaler.TargetName!);

    private static string? Refusal(
        UpsScalerView scaler,
        WorkloadType? type,
        IReadOnlyList<string> own,
        UpsScalerView? twin,
        IReadOnlyCollection<Protected> guarded
    )
    {
        List<string> faults = [.. own];
        if (twin is not null && own.Count == 0)
            faults.Add($"the same workload is managed by {twin.Ref}, which is older");
        if (
            scaler.TargetName is { } named
            && guarded.FirstOrDefault(g => g.Guards(scaler.TargetNamespace, named, scaler.Target)) is { } guard
        )
            faults.Add(guard.Why);
        if (faults.Count > 0)
            return string.Join("; ", faults);
        return scaler.Target switch
        {
            WorkloadLookup.Absent absent => $"{absent.What} does not exist",
            WorkloadLookup.Found seen => SleepStrategies.Of(type!.Method, seen.Workload).Refusal(seen.Workload),
            WorkloadLookup.Unknown => null,
            _ => throw new ArgumentOutOfRangeException(nameof(scaler), scaler.Target, "unexpected value"),
        };
    }

    /// <summary>What is wrong with it, whatever others say.</summary>
    private static List<string> Faults(UpsScalerView scaler, WorkloadType? type, IReadOnlyCollection<string>? admins)
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
        else if (!IsName(scaler.TargetName))
            faults.Add(
                "spec.name: expected a DNS subdomain of at most 253 characters (RFC 1123), "
                    + $"found {Quoted(scaler.TargetName)}"
            );
        if (type?.IsClusterScoped == true)
            faults.AddRange(OfClusterScoped(scaler, type));
        else if (!IsName(scaler.TargetNamespace) || scaler.TargetNamespace.Length > 63)
            faults.Add(
                "spec.namespace: expected a DNS label of at most 63 characters (RFC 1123), "
                    + $"found {Quoted(scaler.TargetNamespace)}"
            );
        if (IsForeign(scaler, admins) && type?.IsClusterScoped == true)
            faults.Add(ForAdmins(type, admins!));
        else if (IsForeign(scaler, admins) && scaler.SelectsNamespaces)
            faults.Add(NoNamespaceSelector(admins!));
        else if (IsForeign(scaler, admins))
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

    /// <summary>
    /// A DNS subdomain of RFC 1123: 1 to 253 of a-z, 0-9, '-' and '.', beginning and ending with a letter or digit.
    /// </summary>
    public static bool IsName(string text) =>
        text.Length is > 0 and <= 253
        && char.IsAsciiLetterOrDigit(text[0])
        && char.IsAsciiLetterOrDigit(text[^1])
        && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '.');

    private static string Quoted(string? text) =>
        text is null ? "nothing" : $"\"{(text.Length > 80 ? text[..80] + "…" : text)}\"";
}
