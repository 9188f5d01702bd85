using Ebb.Core.Planning;
using Ebb.Core.Schedules;

namespace Ebb.Functions.Schedules;

/// <summary>
/// What the clock wants workloads to wake to; the one thing that the power path takes from the clock. Another instance only when a wish
/// changes.
/// </summary>
internal sealed class ClockWishes
{
    public static readonly IReadOnlyDictionary<WorkloadName, WakingSize> Nothing = new Dictionary<WorkloadName, WakingSize>();

    private volatile IReadOnlyDictionary<WorkloadName, WakingSize> _now = Nothing;

    /// <summary>By workload.</summary>
    public IReadOnlyDictionary<WorkloadName, WakingSize> Now => _now;

    /// <summary>The wish for what an UpsScaler names; null: none.</summary>
    public static ClockWish? Of(IReadOnlyDictionary<WorkloadName, WakingSize> wishes, WorkloadType type, UpsScalerView scaler) =>
        scaler.TargetName is { } name && wishes.TryGetValue(new WorkloadName(type.Kind, scaler.TargetNamespace, name), out var wish) ? new ClockWish(wish.Replicas, wish.Cause) : null;

    public void Set(IReadOnlyCollection<WakingSize> wishes)
    {
        if (wishes.Count == _now.Count && wishes.All(wish => _now.GetValueOrDefault(wish.Workload) == wish)) return;
        _now = wishes.GroupBy(wish => wish.Workload).ToDictionary(group => group.Key, group => group.First());
    }
}
