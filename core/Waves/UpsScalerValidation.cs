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
    public static IReadOnlyList<Member> Of(
        IReadOnlyList<UpsScalerView> scalers,
        IReadOnlyCollection<Protected> guarded,
        IReadOnlyCollection<string>? admins = null,
        Func<WorkloadType, UpsScalerView, ScheduledSize?>? clock = null
    )
    {
        ArgumentNullException.ThrowIfNull(scalers);
        ArgumentNullException.ThrowIfNull(guarded);
        // Of two for one workload the older holds, so that a second one cannot take over what the first has begun.
        Dictionary<(string, string, string), UpsScalerView> first = [];
        foreach (
            var scaler in scalers
                .Where(s => s.TargetName is not null && !IsForeign(s, admins))
                .OrderBy(s => s.CreatedAt ?? NodaTime.Instant.MaxValue)
                .ThenBy(s => s.Ref.ToString(), StringComparer.Ordinal)
        )
        {
            if (WorkloadType.Parse(scaler.Type) is { } type)
                first.TryAdd(Key(scaler, type), scaler);
        }

        return
        [
            .. scalers
                .OrderBy(s => s.Ref.Namespace, StringComparer.Ordinal)
                .ThenBy(s => s.Ref.Name, StringComparer.Ordinal)
                .Select(scaler =>
                {
                    var type = WorkloadType.Parse(scaler.Type);
                    var twin =
                        type is not null
                        && !IsForeign(scaler, admins)
                        && scaler.TargetName is not null
                        && first.GetValueOrDefault(Key(scaler, type)) is { } other
                        && !ReferenceEquals(other, scaler)
                            ? other
                            : null;
                    return new Member(
                        Owned(scaler, type, twin, admins, first),
                        type,
                        Refusal(scaler, type, twin, guarded, admins),
                        type is null ? null : clock?.Invoke(type, scaler)
                    );
                }),
        ];
    }

    /// <summary>
    /// The baseline belongs to the UpsScaler that manages the workload. Where only one that may not is left, the
    /// workload is woken as if there were none.
    /// </summary>
    private static UpsScalerView Owned(
        UpsScalerView scaler,
        WorkloadType? type,
        UpsScalerView? twin,
        IReadOnlyCollection<string>? admins,
        Dictionary<(string, string, string), UpsScalerView> first
    )
    {
        if (scaler.Baseline is null || type is null || (twin is null && !IsForeign(scaler, admins)))
            return scaler;
        return first.ContainsKey(Key(scaler, type)) ? scaler with { Baseline = null } : scaler with { Deleting = true };
    }

    /// <summary>It names a workload that is none of its business; what is left of a deleted one is Ebb's own.</summary>
    private static bool IsForeign(UpsScalerView scaler, IReadOnlyCollection<string>? admins) =>
        admins is not null
        && !scaler.Deleting
        && scaler.TargetNamespace != scaler.Ref.Namespace
        && !admins.Contains(scaler.Ref.Namespace);

    private static (string, string, string) Key(UpsScalerView scaler, WorkloadType type) =>
        (type.Name, scaler.TargetNamespace, scaler.TargetName!);

    private static string? Refusal(
        UpsScalerView scaler,
        WorkloadType? type,
        UpsScalerView? twin,
        IReadOnlyCollection<Protected> guarded,
        IReadOnlyCollection<string>? admins
    )
    {
        List<string> faults = [];
        if (type is null)
            faults.Add($"spec.type: expected {WorkloadType.Expected}, found {Quoted(scaler.Type)}");
        if (string.IsNullOrEmpty(scaler.TargetName))
            faults.Add("spec.name: expected the name of a workload, found nothing");
        else if (!IsName(scaler.TargetName))
            faults.Add(
                "spec.name: expected a DNS subdomain of at most 253 characters (RFC 1123), "
                    + $"found {Quoted(scaler.TargetName)}"
            );
        if (!IsName(scaler.TargetNamespace) || scaler.TargetNamespace.Length > 63)
            faults.Add(
                "spec.namespace: expected a DNS label of at most 63 characters (RFC 1123), "
                    + $"found {Quoted(scaler.TargetNamespace)}"
            );
        if (IsForeign(scaler, admins))
            faults.Add(
                $"spec.namespace: expected {Quoted(scaler.Ref.Namespace)}, its own, found "
                    + $"{Quoted(scaler.TargetNamespace)}; only in {string.Join(", ", admins!)} "
                    + "(Tenancy__AdminNamespaces) it may be another one"
            );
        if (scaler.ShutdownPriority is null)
            faults.Add("spec.shutdownPriority: expected an integer, found nothing");
        if (scaler.ScaleUpPriority is null)
            faults.Add("spec.scaleUpPriority: expected an integer, found nothing");
        if (twin is not null)
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
            WorkloadLookup.Found seen => SleepStrategies.Of(type!.Method).Refusal(seen.Workload),
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

    private static string Quoted(string? text) =>
        text is null ? "nothing" : $"\"{(text.Length > 80 ? text[..80] + "…" : text)}\"";
}
