using Ebb.Core.Conditions;
using Ebb.Core.Workloads;
using NodaTime;
using NodaTime.Text;

namespace Ebb.Core.Overrides;

/// <summary>An Override as it is stored.</summary>
/// <param name="Override">What it asks.</param>
/// <param name="Namespace">Where the object is; the workload may be elsewhere.</param>
/// <param name="Name">The name of the object.</param>
/// <param name="Uid">Its UID.</param>
/// <param name="Version">Its resourceVersion.</param>
/// <param name="Generation">Counts what was asked in it.</param>
/// <param name="ByEbb">Ebb made it for somebody who asked over HTTP, and deletes it when it has ended.</param>
/// <param name="Status">What was found of it; null: nobody has looked at what it asks now.</param>
/// <param name="Fault">What of it cannot be read, in one sentence, so that it must not count; null: nothing.</param>
public sealed record StoredOverride(
    Override Override,
    string Namespace,
    string Name,
    string Uid,
    string Version,
    long Generation,
    bool ByEbb,
    OverrideStatus? Status,
    string? Fault = null
)
{
    /// <summary>The workload.</summary>
    public OverrideKey Key => Override.Key;

    /// <summary>What an HTTP client sends as If-Match: another one whenever another thing is asked.</summary>
    public string Tag => $"{Uid}-{Generation}";

    /// <summary>
    /// The overrides that count, by workload, and why others do not, by UID. Of several that name one workload the
    /// oldest counts that has not ended and that can be held.
    /// </summary>
    /// <param name="all">All that are stored.</param>
    /// <param name="admins">The namespaces from which workloads elsewhere may be named.</param>
    /// <param name="now">The instant of the question.</param>
    public static (
        IReadOnlyDictionary<OverrideKey, StoredOverride> Counted,
        IReadOnlyDictionary<string, string> Refused
    ) Count(IReadOnlyList<StoredOverride> all, IReadOnlyCollection<string> admins, Instant now)
    {
        ArgumentNullException.ThrowIfNull(all);
        ArgumentNullException.ThrowIfNull(admins);
        Dictionary<OverrideKey, StoredOverride> counted = [];
        Dictionary<string, string> refused = new(StringComparer.Ordinal);
        var inOrder = all.Where(o => !o.Override.IsOver(now))
            .OrderBy(o => o.Status?.State == OverrideState.Refused)
            .ThenBy(o => o.Override.At)
            .ThenBy(o => o.Namespace, StringComparer.Ordinal)
            .ThenBy(o => o.Name, StringComparer.Ordinal);
        foreach (var stored in inOrder)
            if (Refusal(stored, admins, now) is { } fault)
                refused[stored.Uid] = fault;
            else if (!counted.TryAdd(stored.Key, stored))
                refused[stored.Uid] =
                    $"{stored.Key} is overridden by {counted[stored.Key].Namespace}/{counted[stored.Key].Name}, "
                    + (counted[stored.Key].Override.At > stored.Override.At ? "which can be held" : "which is older");
        return (counted, refused);
    }

    private static string? Refusal(StoredOverride stored, IReadOnlyCollection<string> admins, Instant now)
    {
        var asked = stored.Override;
        if (stored.Fault is { } fault)
            return fault;
        if (WorkloadType.Parse(asked.Kind) is null)
            return $"spec.target.kind: expected {WorkloadType.Expected}, found \"{asked.Kind}\"";
        if (asked.Namespace != stored.Namespace && !admins.Contains(stored.Namespace))
            return $"spec.target.namespace: expected \"{stored.Namespace}\", its own, found \"{asked.Namespace}\"; "
                + $"only in {string.Join(", ", admins)} (Tenancy__AdminNamespaces) it may be another one";
        if (asked.Until - now > Override.Longest + Override.Slack)
            return $"spec.until: expected at most {Override.Longest.Days} days from now, found "
                + $"{InstantPattern.General.Format(asked.Until)}: it does not count before "
                + InstantPattern.General.Format(asked.Until - Override.Longest - Override.Slack);
        return null;
    }
}

/// <summary>What was found of an override.</summary>
/// <param name="State">Where it stands.</param>
/// <param name="Message">One sentence.</param>
/// <param name="Size">The number at which it freezes; null: none.</param>
public sealed record OverrideStatus(OverrideState State, string Message, int? Size)
{
    /// <summary>The same as conditions: ready while it holds.</summary>
    public IReadOnlyList<ObjectCondition> Conditions =>
        ObjectCondition.Of(
            State == OverrideState.Holds,
            State is OverrideState.Waits or OverrideState.Returns,
            State is OverrideState.Refused or OverrideState.Orphaned,
            State.ToString(),
            Message
        );
}
