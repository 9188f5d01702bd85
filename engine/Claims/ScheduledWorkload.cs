using Ebb.Core.Time.Sizing;
using Ebb.Core.Time.Specs;
using Ebb.Core.Workloads;

namespace Ebb.Engine.Claims;

/// <summary>The workload behind what a schedule names, as far as that is known.</summary>
internal static class ScheduledWorkload
{
    /// <summary>How it sleeps; null: it is no workload.</summary>
    public static WorkloadType? TypeOf(IndexEntry entry, string kind) =>
        (entry as TargetEntry)?.Target?.Type ?? WorkloadType.Known.FirstOrDefault(type => type.Kind == kind);

    public static (string Kind, string Name) Of(IndexEntry entry, IScheduleCluster cluster)
    {
        if (entry is ScalerEntry)
            return ("Deployment", entry.Name);
        if (entry is TargetEntry { Autoscaler: { } autoscaler })
            return (autoscaler.TargetKind, autoscaler.TargetName);
        var governor = entry.Kind is ScheduleTarget.Hpa or ScheduleTarget.ScaledObject
            ? cluster.Find(entry.Kind, entry.Namespace, entry.Name).It
            : null;
        return governor is not null && HpaTarget.Of(governor) is var (kind, name)
            ? (kind, name)
            : (entry.Kind, entry.Name);
    }
}
