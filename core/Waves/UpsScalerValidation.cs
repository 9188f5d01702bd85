using Ebb.Core.GitOps;
using Ebb.Core.Workloads;

namespace Ebb.Core.Waves;

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
    /// <param name="atWaking">What a workload wakes to instead of its baseline; null: all wake to theirs.</param>
    /// <param name="gitOps">Whether what applies workloads from Git is held back.</param>
    public static IReadOnlyList<Member> Of(
        IReadOnlyList<UpsScalerView> scalers,
        IReadOnlyCollection<Protected> guarded,
        IReadOnlyCollection<string>? admins = null,
        Func<WorkloadType, UpsScalerView, SizeAtWaking?>? atWaking = null,
        GitOpsMode gitOps = GitOpsMode.Auto
    )
    {
        ArgumentNullException.ThrowIfNull(scalers);
        ArgumentNullException.ThrowIfNull(guarded);
        var faults = new Dictionary<UpsScalerView, IReadOnlyList<string>>(ReferenceEqualityComparer.Instance);
        foreach (var scaler in scalers)
            faults[scaler] = UpsScalerFaults.Of(scaler, WorkloadType.Named(scaler.Type), admins);
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
                            type is null ? null : atWaking?.Invoke(type, scaler)
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

    /// <summary>
    /// A DNS subdomain of RFC 1123: 1 to 253 of a-z, 0-9, '-' and '.', beginning and ending with a letter or digit.
    /// </summary>
    public static bool IsName(string text) =>
        text.Length is > 0 and <= 253
        && char.IsAsciiLetterOrDigit(text[0])
        && char.IsAsciiLetterOrDigit(text[^1])
        && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '.');
}
