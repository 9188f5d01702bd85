using Ebb.Core.Claims;
using Ebb.Core.Overrides;
using Ebb.Core.Ports;
using Ebb.Core.Time.Sizing;
using Ebb.Core.Workloads;
using Ebb.Engine.Claims;
using Ebb.Engine.Power;
using Ebb.Kubernetes.Power;
using NodaTime;

namespace Ebb.Engine.Overrides;

/// <summary>
/// The state of a workload that no UpsScaler names: overrides and schedules may size it, power does not.
/// </summary>
internal sealed record UnlistedState(OverrideTarget Subject, WorkloadPhase Phase, Decision Decision, string Reason);

/// <summary>Workloads that no UpsScaler names and on which there is a claim.</summary>
internal sealed class UnlistedWorkloads(
    ICluster cluster,
    ProtectedWorkloads guarded,
    OverrideBook book,
    ClockClaims clock,
    CapacityClaims? capacity = null
)
{
    /// <summary>All of them, by namespace, name and kind.</summary>
    public IReadOnlyList<UnlistedState> Now(PowerView view)
    {
        var members = view.Plan.Workloads.Select(w => w.Member).ToList();
        var listed = members
            .Select(m => (m.Type?.Kind, m.Scaler.TargetNamespace, m.Scaler.TargetName))
            .Concat(
                members
                    .Where(m => m.Type?.Method == SleepMethod.PauseScaling)
                    .Select(m => m.Workload?.Ref)
                    .OfType<ObjectRef>()
                    .Select(r => ((string?)r.Kind, r.Namespace, (string?)r.Name))
            )
            .ToHashSet();
        return
        [
            .. book.Count()
                .Counted.Keys.Select(k => (Type: WorkloadType.Parse(k.Kind), k.Namespace, k.Name))
                .Concat(clock.Workloads.Select(w => (Type: (WorkloadType?)w.Type, w.Namespace, w.Name)))
                .Concat(
                    (capacity?.Followers ?? []).Select(f =>
                        (Type: WorkloadType.Parse("scaledobject"), f.Namespace, f.Name)
                    )
                )
                .Where(w => w.Type is not null && !listed.Contains((w.Type.Kind, w.Namespace, w.Name)))
                .Distinct()
                .OrderBy(w => w.Namespace, StringComparer.Ordinal)
                .ThenBy(w => w.Name, StringComparer.Ordinal)
                .ThenBy(w => w.Type!.Name, StringComparer.Ordinal)
                .Select(w => Of(Find(w.Type!, w.Namespace, w.Name), view.At)),
        ];
    }

    /// <summary>One by name.</summary>
    public OverrideTarget Find(WorkloadType type, string @namespace, string name) =>
        OverrideTarget.Of(type, @namespace, name, cluster.Find(type, @namespace, name), guarded.Targets);

    /// <summary>Its state and the reason.</summary>
    public UnlistedState Of(OverrideTarget subject, Instant now)
    {
        var claims = Claims(subject, now);
        var decision = Arbiter.Decide(claims, now);
        var (phase, told) = subject switch
        {
            { Target: WorkloadLookup.Unknown unknown } => (WorkloadPhase.Unknown, unknown.Why),
            { Target: WorkloadLookup.Absent absent } => (WorkloadPhase.Unknown, $"{absent.What} does not exist"),
            { Refusal: { } refusal } => (WorkloadPhase.Refused, refusal),
            { Workload: { } workload } => (
                IsAsleep(workload) ? WorkloadPhase.Asleep : WorkloadPhase.Awake,
                "as it wants to be"
            ),
            _ => (WorkloadPhase.Unknown, "nothing is known of it"),
        };
        return new UnlistedState(
            subject,
            phase,
            decision,
            phase == WorkloadPhase.Refused ? told : DecisionText.Of(told, decision)
        );
    }

    private List<Claim> Claims(OverrideTarget subject, Instant now)
    {
        List<Claim> claims = [.. clock.On(new WorkloadName(subject.Type.Kind, subject.Namespace, subject.Name))];
        if (
            book.Count().Counted.GetValueOrDefault(new OverrideKey(subject.Type.Name, subject.Namespace, subject.Name))
                is { } found
            && found.Status?.State != OverrideState.Refused
            && found.Override.Claim(now) is { } asked
        )
            claims.Add(asked);
        if (capacity?.On(subject.Type, subject.Namespace, subject.Name, subject.Workload) is { } spare)
            claims.Add(spare);
        return claims;
    }

    /// <summary>Decided by the claims alone: the pods of a workload without an UpsScaler are not counted.</summary>
    private static bool IsAsleep(WorkloadView workload) =>
        workload.Replicas == 0
        || workload.Suspended == true
        || workload.Declared?.IsSet == true
        || workload.Annotations.GetValueOrDefault(WellKnown.HibernationAnnotation) == "on";
}
