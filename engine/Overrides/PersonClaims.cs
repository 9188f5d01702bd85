using Ebb.Core.Claims;
using Ebb.Core.Overrides;
using Ebb.Core.Time.Sizing;
using Ebb.Core.Time.Specs;

namespace Ebb.Engine.Overrides;

/// <summary>
/// What a person's word holds now: the workloads, and whoever scales them. The clock writes to none of these. Another
/// instance
/// only when something in it changes.
/// </summary>
internal sealed class PersonClaims
{
    private volatile HashSet<WorkloadName> _now = [];

    /// <summary>Overrides were read and looked at once; false: nobody knows what they hold.</summary>
    public bool IsKnown { get; private set; }

    /// <summary>Compared by reference: another one when something changed.</summary>
    public object Version => _now;

    /// <summary>What people ask of the workload of an entry, or have not given back; null: nothing.</summary>
    public Claim? On(IndexEntry entry) =>
        entry switch
        {
            TargetEntry { Target: { } target } => On(target.Kind, entry.Namespace, target.Name)
                ?? (
                    target.Kind == ScheduleTarget.Autoscaler
                        ? On(ScheduleTarget.Hpa, entry.Namespace, target.Name)
                        : null
                ),
            ScalerEntry one => On("Deployment", one.Scaler.Ref.Namespace, one.Scaler.Ref.Name),
            _ => null,
        };

    private Claim? On(string kind, string @namespace, string name) =>
        _now.Contains(new WorkloadName(kind, @namespace, name)) ? Claimed : null;

    private static readonly Claim Claimed = Claim.AsItIs(ClaimSource.Override, "it is overridden");

    /// <summary>Raised after something in it changed.</summary>
    public event Action? Changed;

    public void Set(IEnumerable<OverrideTarget> held)
    {
        HashSet<WorkloadName> now = [];
        foreach (var subject in held)
        {
            now.Add(new WorkloadName(subject.Type.Kind, subject.Namespace, subject.Name));
            if (subject.Workload is not { } workload)
                continue;
            now.Add(new WorkloadName(workload.Ref.Kind, workload.Ref.Namespace, workload.Ref.Name));
            if (workload.Autoscaler is { } hpa)
                now.Add(new WorkloadName(ScheduleTarget.Hpa, hpa.Ref.Namespace, hpa.Ref.Name));
            if (workload.ScaledObject is { } scaled)
                now.Add(new WorkloadName(ScheduleTarget.ScaledObject, scaled.Ref.Namespace, scaled.Ref.Name));
        }
        if (IsKnown && now.SetEquals(_now))
            return;
        (_now, IsKnown) = (now, true);
        Changed?.Invoke();
    }
}
