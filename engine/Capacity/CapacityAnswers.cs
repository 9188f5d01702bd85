using System.Text.Json.Serialization;
using Ebb.Engine.Json;
using Ebb.Kubernetes.Capacity;
using Ebb.Kubernetes.Resources;
using NodaTime;

namespace Ebb.Engine.Capacity;

/// <summary><c>GET /api/capacity</c>. What is not known is null, never 0.</summary>
/// <param name="Known">The scaler answered, and what it says is of now.</param>
/// <param name="Reason">Why it is not known; null when it is.</param>
/// <param name="At">When it last answered; null: it never did.</param>
/// <param name="Followers">Every workload that follows spare capacity, or did within the samples.</param>
internal sealed record CapacityAnswer(bool Known, string? Reason, Instant? At, IReadOnlyList<FollowerAnswer> Followers);

/// <summary>One workload that follows spare capacity. Amounts are in <paramref name="Unit"/>.</summary>
/// <param name="Namespace">Of its ScaledObject.</param>
/// <param name="Name">Of its ScaledObject.</param>
/// <param name="Resource">cpu, memory or an extended resource.</param>
/// <param name="Unit">cores, bytes or pieces.</param>
/// <param name="Allocatable">What the nodes that would take a replica can give.</param>
/// <param name="Others">What all pods but its own request of them, pending ones included.</param>
/// <param name="Reserve">What is to stay free.</param>
/// <param name="Remaining">What is left for it.</param>
/// <param name="Harvested">What its own replicas request.</param>
/// <param name="PerReplica">What one of them requests.</param>
/// <param name="Fits">How many replicas fit, node by node.</param>
/// <param name="Replicas">How many it is told to have.</param>
/// <param name="Reason">Why, or why it is not known.</param>
/// <param name="EligibleNodes">How many nodes would take a replica.</param>
/// <param name="Nodes">Some of all nodes, those where most fits first.</param>
/// <param name="Samples">The last hour or so, oldest first; ten seconds apart, further where the demo runs
/// fast.</param>
internal sealed record FollowerAnswer(
    string Namespace,
    string Name,
    string Resource,
    string Unit,
    decimal? Allocatable,
    decimal? Others,
    decimal? Reserve,
    decimal? Remaining,
    decimal? Harvested,
    decimal? PerReplica,
    int? Fits,
    int? Replicas,
    string Reason,
    int? EligibleNodes,
    IReadOnlyList<NodeAnswer> Nodes,
    IReadOnlyList<CapacitySample> Samples
);

/// <summary>One node's part.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Refusal">Why it takes no replica; null: it does.</param>
/// <param name="Allocatable">What it can give.</param>
/// <param name="Others">What others request of it.</param>
/// <param name="Fits">How many replicas fit on it.</param>
internal sealed record NodeAnswer(string Name, string? Refusal, decimal? Allocatable, decimal? Others, int? Fits);

/// <summary>One moment; all null is no data.</summary>
internal sealed record CapacitySample(
    Instant At,
    decimal? Allocatable,
    decimal? Others,
    decimal? Reserve,
    decimal? Harvested
);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    Converters = [typeof(InstantConverter)]
)]
[JsonSerializable(typeof(CapacityAnswer))]
internal sealed partial class CapacityJson : JsonSerializerContext;
