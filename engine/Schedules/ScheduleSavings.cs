using Ebb.Core.Time.Sizing;
using Ebb.Core.Time.Specs;
using Ebb.Core.Time.Timetables;
using Ebb.Core.Workloads;
using Ebb.Engine.Claims;

namespace Ebb.Engine.Schedules;

/// <summary>What schedules save of a workload against its usual size at all times.</summary>
internal sealed class ScheduleSavings(IScheduleCluster cluster, SleepingTargets sleepers)
{
    /// <summary>Null: it is not known how large the workload is by itself.</summary>
    public Savings? Of(IndexEntry entry, IReadOnlyList<TimetableInterval> intervals)
    {
        if (entry is not TargetEntry { Target: { } target })
            return null;
        var on = target.In(entry.Namespace);
        var kept = cluster.BaselineOf(ScheduleBaseline.Key(on));
        if (target.Type is { } type)
            return
                cluster.Find(type, entry.Namespace, target.Name) is WorkloadLookup.Found { Workload: var workload }
                && (kept?.Before.Replicas ?? Awake(on) ?? workload.Replicas ?? workload.Instances) is { } own
                ? Savings.Of(intervals, own, workload.Replicas is not null && !IsGoverned(on), workload.Requests)
                : null;
        if (target.Kind is "Deployment" or "StatefulSet")
            return cluster.Find(target.Kind, entry.Namespace, target.Name).It is { Replicas: { } replicas } seen
                ? Savings.Of(intervals, kept?.Before.Replicas ?? Awake(on) ?? replicas, !IsGoverned(on), seen.Requests)
                : null;
        // How large an autoscaler would make it is not known; how large it is when it is emptied is.
        if (!intervals.Any(interval => interval.Bounds.AsksZero))
            return null;
        var (kind, name) = ScheduledWorkload.Of(entry, cluster);
        return
            kind is "Deployment" or "StatefulSet"
            && cluster.Find(kind, entry.Namespace, name).It is { Replicas: { } size } behind
            ? Savings.Of(intervals, kept?.Notes.EmptiedFrom ?? Awake(behind.Ref) ?? size, sized: false, behind.Requests)
            : null;
    }

    private int? Awake(ObjectRef workload) =>
        sleepers.Of(new WorkloadName(workload.Kind, workload.Namespace, workload.Name));

    private bool IsGoverned(ObjectRef workload) =>
        !cluster.TryGovernorOf(workload, out var governor) || governor is not null;
}
