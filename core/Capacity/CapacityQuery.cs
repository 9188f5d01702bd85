namespace Ebb.Core.Capacity;

/// <summary>How many replicas of what fit where.</summary>
public sealed record CapacityQuery
{
    /// <summary>The resource that is spoken of.</summary>
    public required int Resource { get; init; }

    /// <summary>What one replica takes, of all resources.</summary>
    public required Amounts PerReplica { get; init; }

    /// <summary>Where replicas may go.</summary>
    public required Placement Placement { get; init; }

    /// <summary>What is to stay free of the resource.</summary>
    public required Reserve Reserve { get; init; }

    /// <summary>Whether a pod is one of the workload's own; those do not count.</summary>
    public required Func<PodFacts, bool> Owns { get; init; }
}

/// <summary>The numbers behind a count, in units of the resource.</summary>
/// <param name="Nodes">Nodes that would take a replica.</param>
/// <param name="Allocatable">What those nodes can give.</param>
/// <param name="Requested">What others request of them, pending demand included.</param>
/// <param name="Pending">The part of it that is not on a node yet.</param>
/// <param name="Reserve">What is to stay free.</param>
/// <param name="Remaining">What is left for the workload, 0 or more.</param>
/// <param name="Fits">How many replicas fit, node by node and within what remains.</param>
public readonly record struct CapacityFigures(
    int Nodes,
    long Allocatable,
    long Requested,
    long Pending,
    long Reserve,
    long Remaining,
    int Fits
);

/// <summary>One node's part in it.</summary>
/// <param name="Node">Its name.</param>
/// <param name="Refusal">Why it takes no replica; null: it does.</param>
/// <param name="Allocatable">What it can give of the resource.</param>
/// <param name="Requested">What others request of it.</param>
/// <param name="Fits">How many replicas fit on it.</param>
public readonly record struct NodeCapacity(string Node, string? Refusal, long Allocatable, long Requested, int Fits);
