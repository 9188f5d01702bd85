namespace Ebb.Core.Capacity;

/// <summary>The numbers behind a count, in units of the resource.</summary>
/// <param name="Nodes">Nodes that would take a replica.</param>
/// <param name="Allocatable">What those nodes can give.</param>
/// <param name="Requested">What others request of them, pending demand included.</param>
/// <param name="Pending">The part of it that pending pods would take of these nodes.</param>
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
)
{
    /// <summary>What its pods hold, those that are ending included and pending ones not.</summary>
    public long Held { get; init; }

    /// <summary>What one more replica takes.</summary>
    public long PerReplica { get; init; }

    /// <summary>Its own pods say what one more takes, and not its template.</summary>
    public bool IsMeasured { get; init; }

    /// <summary>How many of its pods make room for pending ones.</summary>
    public int GivenBack { get; init; }

    /// <summary>Room is being made for a pending pod on a node that a replica may go to.</summary>
    public bool IsClearing { get; init; }

    /// <summary>The ResourceQuota that allows no more than fit, in words; null: none does.</summary>
    public string? Quota { get; init; }
}

/// <summary>One node's part in it.</summary>
/// <param name="Node">Its name.</param>
/// <param name="Refusal">Why it takes no replica; null: it does.</param>
/// <param name="Allocatable">What it can give of the resource.</param>
/// <param name="Requested">What others request of it.</param>
/// <param name="Fits">How many replicas fit on it.</param>
public readonly record struct NodeCapacity(string Node, string? Refusal, long Allocatable, long Requested, int Fits)
{
    /// <summary>Why none fits on a node that could take one; null: some do, it could not, or it is not the node.</summary>
    public string? WhyNot { get; init; }

    /// <summary>What pending pods would take of it.</summary>
    public long Pending { get; init; }

    /// <summary>How many of its replicas on this node make room for pending pods.</summary>
    public int GivenBack { get; init; }
}

/// <summary>A resource of a node.</summary>
/// <param name="Resource">Its name.</param>
/// <param name="Allocatable">What the node can give of it.</param>
/// <param name="Requested">What others request of it.</param>
public readonly record struct ResourceOnNode(string Resource, long Allocatable, long Requested);

/// <summary>A pod that waits and is demand.</summary>
/// <param name="Pod">Namespace and name.</param>
/// <param name="Nodes">
/// The first nodes where it could go: those with room by name, then those where the least has to be given back.
/// </param>
/// <param name="MoreNodes">How many more there are.</param>
public readonly record struct WaitingPod(string Pod, IReadOnlyList<string> Nodes, int MoreNodes);
