namespace Ebb.Core.Capacity;

/// <summary>What of a pod that is not done decides about capacity.</summary>
/// <param name="Namespace">Where it is.</param>
/// <param name="Labels">Its labels.</param>
/// <param name="Node">Where it runs; null: it is pending, which is demand.</param>
/// <param name="Requests">What it takes, <see cref="PodRequests"/>.</param>
/// <param name="Placement">Where it may go.</param>
public sealed record PodFacts(
    string Namespace,
    IReadOnlyDictionary<string, string> Labels,
    string? Node,
    Amounts Requests,
    Placement Placement
);
