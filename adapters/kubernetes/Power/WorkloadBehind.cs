using Ebb.Core.Workloads;
using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Resources;

namespace Ebb.Kubernetes.Power;

/// <summary>Everything that the state of one workload is computed from.</summary>
internal readonly struct WorkloadBehind
{
    public ResourceType? Type { get; init; }

    public WorkloadInputs WorkloadInputs { get; init; }

    public SpecObject? Named { get; init; }

    public SpecObject? ScaledObject { get; init; }

    public AutoscalerView? Autoscaler { get; init; }

    public string? Missing { get; init; }

    public string? Why { get; init; }

    public bool IsLasting { get; init; }

    /// <summary>Of what was named.</summary>
    public SmallDictionary Labels =>
        (Named?.Metadata ?? WorkloadInputs.Object?.Metadata)?.Labels ?? SmallDictionary.None;

    public bool IsSameAs(in WorkloadBehind other) =>
        WorkloadInputs.IsSameAs(other.WorkloadInputs)
        && ReferenceEquals(ScaledObject, other.ScaledObject)
        && ReferenceEquals(Named, other.Named)
        && Autoscaler == other.Autoscaler
        && Missing == other.Missing
        && Why == other.Why
        && IsLasting == other.IsLasting;

    public WorkloadLookup Sighting()
    {
        if (Missing is not null)
            return new WorkloadLookup.Absent(Missing);
        if (Why is not null)
            return new WorkloadLookup.Unknown(Why) { IsLasting = IsLasting };
        var view = Workload.View(Type!, WorkloadInputs);
        return new WorkloadLookup.Found(
            view with
            {
                Uid = Named?.Metadata.Uid ?? view.Uid,
                ScaledObject = ScaledObject is null ? null : AutoscalerIndex.View(ScaledObject),
                HorizontalPodAutoscaler = Autoscaler?.Ref.Name,
                Autoscaler = Autoscaler,
            }
        );
    }
}
