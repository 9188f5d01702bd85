using Ebb.Core.Claims;
using Ebb.Core.Waves;
using Ebb.Core.Workloads;
using Ebb.Engine.Capacity;
using NodaTime;

namespace Ebb.Engine.Claims;

/// <summary>
/// What spare capacity leaves to those that follow it, as the scaler answers it now. What it does not say is no claim.
/// </summary>
internal sealed class CapacityClaims(CapacityHistory history) : IClaims
{
    public IEnumerable<(Member Member, Claim Claim)> On(IReadOnlyList<Member> roster, Instant now)
    {
        if (history.Replicas.Count == 0)
            yield break;
        foreach (var member in roster)
            if (
                Scaler(member.Type, member.Scaler.TargetNamespace, member.Scaler.TargetName, member.Workload)
                    is { } scaler
                && Of(scaler) is { } claim
            )
                yield return (member, claim);
    }

    /// <summary>Null: it follows no capacity, or that is not known.</summary>
    public Claim? On(WorkloadType type, string @namespace, string name, WorkloadView? workload) =>
        Scaler(type, @namespace, name, workload) is { } scaler ? Of(scaler) : null;

    /// <summary>The ScaledObjects that follow it.</summary>
    public IEnumerable<(string Namespace, string Name)> Followers => history.Replicas.Keys;

    private static (string Namespace, string Name)? Scaler(
        WorkloadType? type,
        string @namespace,
        string? name,
        WorkloadView? workload
    ) =>
        type?.Method == SleepMethod.PauseScaling && name is not null ? (@namespace, name)
        : workload?.ScaledObject is { } scaled ? (scaled.Ref.Namespace, scaled.Ref.Name)
        : null;

    private Claim? Of((string, string) scaler) =>
        history.Replicas.TryGetValue(scaler, out var replicas)
            ? new Claim(ClaimSource.Capacity, ClaimEffect.AtMost, replicas, "as many as fit")
            : null;
}
