using Ebb.Core.Time.Sizing;

namespace Ebb.Engine.Claims;

/// <summary>
/// The sizes that schedules ask for of workloads that power has asleep. Another instance only when one of them changes.
/// </summary>
internal sealed class ScheduledSizes
{
    public static readonly IReadOnlyDictionary<WorkloadName, WakingSize> Nothing =
        new Dictionary<WorkloadName, WakingSize>();

    private volatile IReadOnlyDictionary<WorkloadName, WakingSize> _now = Nothing;
    private volatile bool _isKnown;

    /// <summary>By workload.</summary>
    public IReadOnlyDictionary<WorkloadName, WakingSize> Now => _now;

    /// <summary>Schedules were looked at once.</summary>
    public bool IsKnown => _isKnown;

    public void Set(IReadOnlyCollection<WakingSize> sizes)
    {
        _isKnown = true;
        if (sizes.Count == _now.Count && sizes.All(size => _now.GetValueOrDefault(size.Workload) == size))
            return;
        _now = sizes.GroupBy(size => size.Workload).ToDictionary(group => group.Key, group => group.First());
    }
}
