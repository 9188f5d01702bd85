using Ebb.Core.Time.Specs;
using Ebb.Kubernetes.Resources;

namespace Ebb.Kubernetes.Schedules;

/// <summary>The kinds that say something about time.</summary>
internal static class ScheduleKinds
{
    public static readonly Resource<SpecObject> ServiceScalers = Kinds.Whole(
        new("scaler.udaan.io", "v1", "servicescalers", "ServiceScaler")
    );

    public static readonly Resource<SpecObject> Autoscalers = Kinds.Whole(
        new("autoscaling.d-kuro.github.io", "v1", "scheduledpodautoscalers", ScheduleTarget.Autoscaler)
    );

    public static readonly Resource<SpecObject> Schedules = Kinds.Whole(
        new("autoscaling.d-kuro.github.io", "v1", "schedules", "Schedule")
    );

    public static readonly Resource<SpecObject> ConfigMaps = Kinds.Whole(new("", "v1", "configmaps", "ConfigMap"));
}
