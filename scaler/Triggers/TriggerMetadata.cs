using Ebb.Core.Capacity;
using Ebb.Core.Schedules;

namespace Ebb.Scaler.Triggers;

/// <summary>What one trigger of a ScaledObject asks for, read and checked as a whole.</summary>
internal sealed record TriggerMetadata
{
    /// <summary>It follows Schedules or a window of its own.</summary>
    public required bool FollowsSchedule { get; init; }

    /// <summary>Spare capacity; null: it does not follow it.</summary>
    public required CapacityWish? Capacity { get; init; }

    /// <summary>Schedules by name; null: those that name the ScaledObject or what it scales.</summary>
    public required IReadOnlyList<string>? Schedules { get; init; }

    /// <summary>A window of its own; null: none.</summary>
    public required InlineWindow? Window { get; init; }

    /// <summary>The answer is never below; replicas.</summary>
    public required int Min { get; init; }

    /// <summary>The answer is never above; replicas.</summary>
    public required int Max { get; init; }

    /// <summary>Where the HPA's tolerance stands in the way the workload's scale is set to the same number.</summary>
    public required bool Exact { get; init; }
}

/// <summary>A window in the trigger itself.</summary>
/// <param name="Window">When.</param>
/// <param name="Replicas">How many in it.</param>
/// <param name="Words">The same for people.</param>
internal sealed record InlineWindow(Window Window, int Replicas, string Words);

/// <summary>How spare capacity is followed.</summary>
/// <param name="Resource">cpu, memory or an extended resource.</param>
/// <param name="PerReplica">What one replica takes of it, in units; null: what the target's template requests.</param>
/// <param name="Reserve">What stays free.</param>
/// <param name="NodeSelector">Only nodes with these labels.</param>
/// <param name="Growth">How fast.</param>
internal sealed record CapacityWish(
    string Resource,
    long? PerReplica,
    Reserve Reserve,
    IReadOnlyDictionary<string, string> NodeSelector,
    GrowthSettings Growth
);
