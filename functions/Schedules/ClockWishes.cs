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

    public void Set(IReadOnlyCollection<WakingSize> wishes)
    {
        if (wishes.Count == _now.Count && wishes.All(wish => _now.GetValueOrDefault(wish.Workload) == wish)) return;
        _now = wishes.GroupBy(wish => wish.Workload).ToDictionary(group => group.Key, group => group.First());
    }
}
