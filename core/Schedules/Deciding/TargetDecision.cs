namespace Ebb.Core.Schedules;

/// <summary>What must be done next about an object that Schedules and ConfigMaps size.</summary>
public static class TargetDecision
{
    /// <summary>By the kind of the object.</summary>
    public static SizingPlan Decide(TargetInput situation)
    {
        ArgumentNullException.ThrowIfNull(situation);
        return situation.Target.Kind switch
        {
            ScheduleTarget.Autoscaler => AutoscalerDecision.Decide(situation),
            ScheduleTarget.Hpa => HpaDecision.Decide(situation),
            ScheduleTarget.ScaledObject => ScaledObjectDecision.Decide(situation),
            "Deployment" or "StatefulSet" => WorkloadDecision.Decide(situation),
            _ => throw new ArgumentOutOfRangeException(
                nameof(situation),
                situation.Target.Kind,
                "a kind that is none of those that a Schedule may size"
            ),
        };
    }

    /// <summary>
    /// The first step that makes a Schedule a child of its ScheduledPodAutoscaler: a reference that is not a controller's, since the
    /// Schedule was not generated. Null: it is one.
    /// </summary>
    public static ScheduleWrite? Adopt(ObjectView schedule, ObjectView parent)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        ArgumentNullException.ThrowIfNull(parent);
        return parent.Deleting || schedule.Deleting || schedule.Owners.Contains(parent.Uid)
            ? null
            : new ScheduleWrite.AddOwner(
                schedule.Ref,
                $"a child of {parent.Ref}",
                schedule.ResourceVersion,
                AutoscalerDecision.Owner(parent, controller: false),
                schedule.Owners.Count == 0
            );
    }
}
