using Ebb.Core.Capacity;
using Ebb.Core.Time.Windows;

namespace Ebb.Scaler.Triggers;

/// <summary>The metadata of one trigger, read and validated as a whole.</summary>
internal sealed record TriggerMetadata
{
    /// <summary>As KEDA hands it on.</summary>
    public required IReadOnlyDictionary<string, string> Written { get; init; }

    /// <summary>Whether it follows Schedules or a window of its own.</summary>
    public required bool FollowsSchedule { get; init; }

    /// <summary>Null: it does not follow spare capacity.</summary>
    public required CapacityRequest? Capacity { get; init; }

    /// <summary>Schedules by name; null: those that name the ScaledObject or what it scales.</summary>
    public required IReadOnlyList<string>? Schedules { get; init; }

    /// <summary>Its own window; null: none.</summary>
    public required InlineWindow? Window { get; init; }

    /// <summary>The least answer; replicas.</summary>
    public required int Min { get; init; }

    /// <summary>The greatest answer; replicas.</summary>
    public required int Max { get; init; }

    /// <summary>Whether the workload's scale is set where the HPA's tolerance ignores a change.</summary>
    public required bool Exact { get; init; }
}

/// <summary>A window in the trigger itself.</summary>
/// <param name="Window">When.</param>
/// <param name="Replicas">The least number in it.</param>
/// <param name="Words">The same for people.</param>
internal sealed record InlineWindow(Window Window, int Replicas, string Words);

/// <summary>How spare capacity is followed.</summary>
/// <param name="Resource">cpu, memory or an extended resource.</param>
/// <param name="PerReplica">What one replica takes of it, in units; null: what the target's template requests.</param>
/// <param name="Reserve">What stays free.</param>
/// <param name="NodeSelector">Only nodes with these labels.</param>
/// <param name="Growth">How fast.</param>
internal sealed record CapacityRequest(
    string Resource,
    long? PerReplica,
    Reserve Reserve,
    IReadOnlyDictionary<string, string> NodeSelector,
    GrowthSettings Growth
)
{
    /// <summary>Pods on nodes that are to be freed are marked to be deleted first.</summary>
    public bool MarksPods { get; init; }
}
