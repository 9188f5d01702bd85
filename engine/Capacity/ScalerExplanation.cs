using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Ebb.Kubernetes.Resources;

namespace Ebb.Engine.Capacity;

/// <summary>The scaler's <c>/explain?follows=capacity</c>, as far as it is read. Amounts are texts there.</summary>
internal sealed record ScalerExplanation(
    bool Ready,
    IReadOnlyList<string>? Reasons,
    IReadOnlyList<ExplainedItem>? Items
)
{
    /// <exception cref="JsonException">It is no such answer.</exception>
    public static ScalerExplanation Read(ReadOnlySpan<byte> bytes) =>
        JsonSerializer.Deserialize(bytes, ExplainedJson.Default.ScalerExplanation) is { Items: not null } read
            ? read
            : throw new JsonException("there is nothing in it");
}

internal sealed record ExplainedItem(
    string? Namespace,
    string? Name,
    string? Unknown,
    string? Invalid,
    string? Because,
    ExplainedCapacity? Capacity,
    int? Replicas
);

internal sealed record ExplainedCapacity(
    string? Resource,
    string? Unit,
    string? Allocatable,
    string? RequestedByOthers,
    string? Reserve,
    string? Remaining,
    string? PerReplica,
    string? Harvested,
    int? Fits,
    string? Pace,
    bool Trusted,
    int? EligibleNodes,
    IReadOnlyList<ExplainedNode>? Nodes,
    IReadOnlyList<ExplainedWaiting>? Waiting = null,
    int? MoreWaiting = null,
    IReadOnlyList<ExplainedUnmet>? NotDemand = null,
    int? MoreNotDemand = null
);

internal sealed record ExplainedWaiting(string? Pod, IReadOnlyList<string>? Nodes, int? MoreNodes = null);

internal sealed record ExplainedUnmet(string? Pod, string? Why);

internal sealed record ExplainedResource(string? Allocatable, string? RequestedByOthers);

internal sealed record ExplainedNode(
    string? Name,
    string? Refusal,
    string? Allocatable,
    string? RequestedByOthers,
    int? Fits,
    string? WhyNot,
    int? GivenBack,
    IReadOnlyDictionary<string, ExplainedResource?>? Resources
)
{
    /// <summary>Null: it is no number.</summary>
    public static decimal? Number(string? text) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, MaxDepth = 16)]
[JsonSerializable(typeof(ScalerExplanation))]
internal sealed partial class ExplainedJson : JsonSerializerContext;
