using Ebb.Core.Time.Specs;

namespace Ebb.Core.Time.Sizing;

/// <summary>What must be done next about an object that Schedules and ConfigMaps size.</summary>
public static class TargetDecision
{
    /// <summary>By the kind of the object.</summary>
    public static SizingPlan Decide(TargetInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input.Target.Kind switch
        {
            ScheduleTarget.Autoscaler => AutoscalerDecision.Decide(input),
            ScheduleTarget.Hpa => HpaDecision.Decide(input),
            ScheduleTarget.ScaledObject => ScaledObjectDecision.Decide(input),
            _ when input is { Target.Type: { } type, Sleeper: { } sleeper } && !SleepDecision.HasSize(type, sleeper) =>
                SleepDecision.Decide(input, type, sleeper),
            _ => WorkloadDecision.Decide(input),
        };
    }

    /// <summary>
    /// The first step that makes a Schedule a child of its ScheduledPodAutoscaler: a reference that is not a
    /// controller's, since the Schedule was not generated. Null: it is one.
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
