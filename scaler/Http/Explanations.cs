using System.Globalization;
using System.Text.Json.Nodes;
using Ebb.Core.Capacity;
using Ebb.Core.Claims;
using Ebb.Kubernetes.Capacity;
using Ebb.Scaler.Answers;
using Ebb.Scaler.Exact;
using Ebb.Scaler.Marks;
using NodaTime;

namespace Ebb.Scaler.Http;

/// <summary>Why each answer is what it is, as JSON.</summary>
internal sealed class Explanations(
    ScalerCluster cluster,
    TriggerRegistry triggers,
    Readiness readiness,
    MarkStates marks,
    TimeProvider time
)
{
    private const int MostItems = 1000;
    private const int MostNodes = 5000;

    // Node by node costs milliseconds where there are thousands.
    private const int MostItemsWithNodes = 20;

    private readonly CapacityExplanation _capacity = new(cluster, marks);

    /// <summary>All present triggers, by name.</summary>
    /// <param name="capacityOnly">Only those that follow spare capacity.</param>
    /// <param name="nodes">How many nodes to show of each of the first triggers, those where most fits first; 0:
    /// none.</param>
    public JsonObject All(bool capacityOnly = false, int nodes = 0) =>
        new()
        {
            ["ready"] = readiness.IsReady,
            ["reasons"] = Array(readiness.Reasons),
            ["pods"] = cluster.PodCount,
            ["onBattery"] = cluster.Power.OnBattery,
            ["items"] = new JsonArray([
                .. triggers
                    .Present.Where(one => !capacityOnly || one.Trigger.Metadata.Capacity is not null)
                    .OrderBy(one => one.Trigger.Namespace, StringComparer.Ordinal)
                    .ThenBy(one => one.Trigger.Name, StringComparer.Ordinal)
                    .ThenBy(one => one.Index)
                    .Take(MostItems)
                    .Select(
                        (one, i) =>
                            (JsonNode)Of(
                                one.Trigger,
                                i < MostItemsWithNodes && nodes > 0
                                    ? one
                                        .Trigger.ByNode()
                                        .OrderByDescending(node => node.Fits)
                                        .Take(Math.Min(nodes, MostNodes))
                                    : null
                            )
                    ),
            ]),
        };

    /// <summary>Null: nobody has asked about it.</summary>
    public JsonObject? Of(string @namespace, string name)
    {
        var found = triggers.Of(@namespace, name).ToList();
        return found.Count == 0
            ? null
            : new JsonObject
            {
                ["namespace"] = @namespace,
                ["name"] = name,
                ["triggers"] = new JsonArray([
                    .. found.Select(one =>
                        (JsonNode)(
                            one.Trigger is { } trigger
                                ? Of(trigger, trigger.ByNode().Take(MostNodes))
                                : new JsonObject { ["invalid"] = one.Refusal }
                        )
                    ),
                ]),
            };
    }

    private JsonObject Of(Trigger trigger, IEnumerable<NodeCapacity>? nodes)
    {
        var answer = trigger.At(Instant.FromDateTimeOffset(time.GetUtcNow()));
        var shown = new JsonObject { ["namespace"] = trigger.Namespace, ["name"] = trigger.Name };
        switch (answer)
        {
            case Answer.Size size:
                shown["replicas"] = size.Replicas;
                shown["active"] = size.IsActive;
                shown["because"] = Words(size.Decision.Winner);
                shown["overruled"] = new JsonArray([
                    .. size.Decision.Overruled.Select(claim => (JsonNode)Words(claim)!),
                ]);
                if (size.Capacity is { } numbers)
                    shown["capacity"] = _capacity.Of(trigger, numbers, nodes);
                break;
            case Answer.Unknown unknown:
                shown["unknown"] = unknown.Why;
                break;
            case Answer.Invalid invalid:
                shown["invalid"] = invalid.Why;
                break;
        }

        if (answer.Until is { } until)
            shown["until"] = until.ToString();
        if (cluster.ScaledObject(trigger.Namespace, trigger.Name).It is { Target: { } reference } scaled)
        {
            shown["target"] = reference.ToString();
            if (reference == scaled.Ref)
                return shown;
            var hpa = cluster.Autoscaler(trigger.Namespace, scaled.HpaName).It;
            shown["conditions"] = new JsonArray(
                new JsonObject
                {
                    ["type"] = "ToleranceKept",
                    ["status"] =
                        !scaled.AsksTolerance || hpa is null ? "Unknown"
                        : ExactDecision.WasDropped(scaled, hpa) ? "False"
                        : "True",
                    ["message"] =
                        !scaled.AsksTolerance ? "the ScaledObject asks for none"
                        : hpa is null ? $"there is no HPA {scaled.HpaName}"
                        : ExactDecision.WasDropped(scaled, hpa) ? "the API server dropped it"
                        : "the HPA carries it",
                }
            );
            if (answer is Answer.Size exact && cluster.Target(reference).It is { } target)
                shown["exact"] = trigger.Metadata.Exact
                    ? ExactDecision.Of(exact.Replicas, scaled, target, hpa).Why
                    : "exact: false";
        }

        return shown;
    }

    private static string? Words(Claim? claim) =>
        claim is null
            ? "nobody asks"
            : claim.Effect switch
            {
                ClaimEffect.Asleep => $"{Source(claim)}: asleep, {claim.Reason}",
                ClaimEffect.AtLeast => $"{Source(claim)}: at least {Number(claim)}, {claim.Reason}",
                ClaimEffect.AtMost => $"{Source(claim)}: at most {Number(claim)}, {claim.Reason}",
                _ => $"{Source(claim)}: {Number(claim)}, {claim.Reason}",
            };

    private static string Source(Claim claim) => claim.Source.ToString().ToLowerInvariant();

    private static string Number(Claim claim) => claim.Value.ToString(CultureInfo.InvariantCulture);

    private static JsonArray Array(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode)text)]);
}
