using Ebb.Core.Claims;
using Ebb.Core.Overrides;
using Ebb.Core.Workloads;
using NodaTime;

namespace Ebb.Scaler.Answers;

/// <summary>What people ask of a workload that KEDA scales.</summary>
internal static class OverrideClaims
{
    /// <summary>Adds what they ask of it; the next instant at which that is another thing.</summary>
    public static Instant? Add(
        IEnumerable<StoredOverride> overrides,
        List<Claim> claims,
        ObjectRef target,
        ObjectRef scaled,
        Instant now
    )
    {
        Instant? until = null;
        HashSet<OverrideKey> counted = [];
        foreach (var one in overrides.Select(stored => stored.Override))
        {
            if (
                (!IsNamed(target, one) && !IsNamed(scaled, one))
                || one.Claim(now) is not { } claim
                || !counted.Add(one.Key)
            )
                continue;
            claims.Add(claim);
            until = until is null || one.Until <= until ? one.Until : until;
        }

        return until;
    }

    private static bool IsNamed(ObjectRef what, Override by) =>
        by.Name == what.Name && by.Namespace == what.Namespace && WorkloadType.Parse(by.Kind)?.Kind == what.Kind;
}
