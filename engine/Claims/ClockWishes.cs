using Ebb.Core.Time.Sizing;
using Ebb.Core.Time.Specs;
using Ebb.Core.Workloads;

namespace Ebb.Engine.Claims;

/// <summary>
/// What the clock wants workloads to wake to; the one thing that the power path takes from the clock. Another instance
/// only when a wish
/// changes.
/// </summary>
internal sealed class ClockWishes
{
    public static readonly IReadOnlyDictionary<WorkloadName, WakingSize> Nothing =
        new Dictionary<WorkloadName, WakingSize>();

    private volatile IReadOnlyDictionary<WorkloadName, WakingSize> _now = Nothing;

    /// <summary>By workload.</summary>
    public IReadOnlyDictionary<WorkloadName, WakingSize> Now => _now;

    /// <summary>
    /// The wish for what an UpsScaler names, or for the ScaledObject that was found scaling it; null: none.
    /// </summary>
    public static SizeAtWaking? Of(
        IReadOnlyDictionary<WorkloadName, WakingSize> wishes,
        WorkloadType type,
        UpsScalerView scaler
    )
    {
        if (wishes.Count == 0 || scaler.TargetName is not { } name)
            return null;
        if (
            scaler.Baseline?.ScaledObject is { } scaled
            && wishes.TryGetValue(
                new WorkloadName(ScheduleTarget.ScaledObject, scaler.TargetNamespace, scaled),
                out var wish
            )
        )
            return new SizeAtWaking(wish.Replicas, wish.Cause, StaysPaused: true);
        return wishes.TryGetValue(new WorkloadName(type.Kind, scaler.TargetNamespace, name), out wish)
            ? new SizeAtWaking(wish.Replicas, wish.Cause)
            : null;
    }

    public void Set(IReadOnlyCollection<WakingSize> wishes)
    {
        if (wishes.Count == _now.Count && wishes.All(wish => _now.GetValueOrDefault(wish.Workload) == wish))
            return;
        _now = wishes.GroupBy(wish => wish.Workload).ToDictionary(group => group.Key, group => group.First());
    }
}
