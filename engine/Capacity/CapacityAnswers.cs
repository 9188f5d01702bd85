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
/// <param name="Waiting">The first pending pods that room is made for, and where each could go; null: not known.</param>
/// <param name="MoreWaiting">How many more there are.</param>
/// <param name="NotDemand">The first pending pods that no room is made for; null: not known.</param>
/// <param name="MoreNotDemand">How many more there are.</param>
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
    IReadOnlyList<WaitingAnswer>? Waiting,
    int? MoreWaiting,
    IReadOnlyList<UnmetAnswer>? NotDemand,
    int? MoreNotDemand,
    IReadOnlyList<CapacitySample> Samples
);

/// <summary>One node's part.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Refusal">Why it takes no replica; null: it does.</param>
/// <param name="Allocatable">What it can give.</param>
/// <param name="Others">What others request of it.</param>
/// <param name="Fits">How many replicas fit on it.</param>
/// <param name="WhyNot">Why none fits although it could take one; null: some do, or it could not.</param>
/// <param name="GivenBack">How many of its replicas there make room for pending pods.</param>
/// <param name="Resources">All that the node has, by name, in cores, bytes or pieces.</param>
internal sealed record NodeAnswer(
    string Name,
    string? Refusal,
    decimal? Allocatable,
    decimal? Others,
    int? Fits,
    string? WhyNot,
    int? GivenBack,
    IReadOnlyDictionary<string, ResourceAnswer> Resources
);

/// <summary>One resource of a node.</summary>
/// <param name="Allocatable">What the node can give.</param>
/// <param name="Others">What others request of it.</param>
internal sealed record ResourceAnswer(decimal? Allocatable, decimal? Others);

/// <summary>A pending pod that room is made for.</summary>
/// <param name="Pod">Namespace and name.</param>
/// <param name="Nodes">The first nodes where it could go, those with room for it before those that have to be
/// cleared.</param>
/// <param name="MoreNodes">How many more there are.</param>
internal sealed record WaitingAnswer(string Pod, IReadOnlyList<string> Nodes, int? MoreNodes);

/// <summary>A pending pod that no room is made for.</summary>
/// <param name="Pod">Namespace and name.</param>
/// <param name="Why">For people.</param>
internal sealed record UnmetAnswer(string Pod, string Why);

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
