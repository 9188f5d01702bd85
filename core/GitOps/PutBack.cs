using System.Text.Json;
using Ebb.Core.Workloads;

namespace Ebb.Core.GitOps;

/// <summary>What would put back an owner that was suspended, since it applies the owner itself.</summary>
public static class PutBack
{
    /// <summary>
    /// Whether whoever applies this owner from Git states what is changed of it: <c>spec.suspend</c> of Flux's kinds,
    /// <c>spec.syncPolicy.automated</c> of an Application. What Git does not state it leaves alone.
    /// </summary>
    /// <param name="owner">As it is.</param>
    /// <param name="before">As it was before it was suspended; null: it is that.</param>
    public static bool IsStated(WorkloadView owner, Baseline? before)
    {
        ArgumentNullException.ThrowIfNull(owner);
        return owner.Suspended is not null
            ? before is null
                ? owner.SuspendStated
                : before.SuspendStated != false
            : (before is null ? owner.Automated : before.Automated) is not null;
    }

    /// <summary>
    /// Why an ApplicationSet may put automated sync back into an Application that it made; null: it does not.
    /// </summary>
    /// <param name="set">The set, for messages.</param>
    /// <param name="spec">Its spec; null: it is not known.</param>
    public static string? BySet(string set, JsonElement? spec)
    {
        if (spec is not { ValueKind: JsonValueKind.Object } known)
            return $"{set} made it and may put its automated sync back: the set could not be read";
        if (
            known.TryGetProperty("syncPolicy", out var policy)
            && policy.ValueKind == JsonValueKind.Object
            && policy.TryGetProperty("applicationsSync", out var sync)
            && sync.ValueKind == JsonValueKind.String
            && sync.GetString() is "create-only" or "create-delete"
        )
            return null;
        if (
            known.TryGetProperty("ignoreApplicationDifferences", out var ignored)
            && ignored.ValueKind == JsonValueKind.Array
            && ignored.EnumerateArray().Any(IgnoresSync)
        )
            return null;
        return $"{set} made it and puts its automated sync back; add /spec/syncPolicy to the jsonPointers of the "
            + "set's spec.ignoreApplicationDifferences";
    }

    private static bool IgnoresSync(JsonElement rule) =>
        rule.ValueKind == JsonValueKind.Object
        // A rule that names one Application says nothing of the others.
        && !rule.TryGetProperty("name", out _)
        && (
            Has(rule, "jsonPointers", "/spec/syncPolicy", "/spec/syncPolicy/automated")
            || Has(rule, "jqPathExpressions", ".spec.syncPolicy", ".spec.syncPolicy.automated")
        );

    private static bool Has(JsonElement rule, string member, params string[] paths) =>
        rule.TryGetProperty(member, out var list)
        && list.ValueKind == JsonValueKind.Array
        && list.EnumerateArray()
            .Any(path => path.ValueKind == JsonValueKind.String && paths.Contains(path.GetString()));
}
