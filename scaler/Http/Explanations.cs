using System.Globalization;
using System.Text.Json.Nodes;
using Ebb.Core.Capacity;
using Ebb.Core.Planning.Claims;
using Ebb.Kubernetes.Capacity;
using Ebb.Scaler.Answers;
using Ebb.Scaler.Exact;
using NodaTime;

namespace Ebb.Scaler.Http;

/// <summary>Why each answer is what it is, as JSON.</summary>
internal sealed class Explanations(ScalerCluster cluster, TriggerRegistry triggers, Readiness readiness, TimeProvider time)
{
    public JsonObject All() => new()
    {
        ["ready"] = readiness.IsReady,
        ["reasons"] = Array(readiness.Reasons),
        ["pods"] = cluster.PodCount,
        ["onBattery"] = cluster.Power.OnBattery,
        ["items"] = new JsonArray([.. triggers.All.OrderBy(t => t.Namespace, StringComparer.Ordinal).ThenBy(t => t.Name, StringComparer.Ordinal).Take(1000).Select(trigger => (JsonNode)Of(trigger, nodes: false))]),
    };

    /// <summary>Null: nobody has asked about it.</summary>
    public JsonObject? Of(string @namespace, string name)
    {
        var found = triggers.Of(@namespace, name).ToList();
        return found.Count == 0 ? null : new JsonObject
        {
            ["namespace"] = @namespace,
            ["name"] = name,
            ["triggers"] = new JsonArray([.. found.Select(one => (JsonNode)(one.Trigger is { } trigger ? Of(trigger, nodes: true) : new JsonObject { ["invalid"] = one.Refusal }))]),
        };
    }

    private JsonObject Of(Trigger trigger, bool nodes)
    {
        var answer = trigger.At(Instant.FromDateTimeOffset(time.GetUtcNow()));
        var shown = new JsonObject { ["namespace"] = trigger.Namespace, ["name"] = trigger.Name };
        switch (answer)
        {
            case Answer.Size size:
                shown["replicas"] = size.Replicas;
                shown["active"] = size.IsActive;
                shown["because"] = Words(size.Decision.Winner);
                shown["overruled"] = new JsonArray([.. size.Decision.Overruled.Select(claim => (JsonNode)Words(claim)!)]);
                if (size.Capacity is { } numbers) shown["capacity"] = Capacity(trigger, numbers, nodes);
                break;
            case Answer.Unknown unknown:
                shown["unknown"] = unknown.Why;
                break;
            case Answer.Invalid invalid:
                shown["invalid"] = invalid.Why;
                break;
        }

        if (answer.Until is { } until) shown["until"] = until.ToString();
        if (cluster.ScaledObject(trigger.Namespace, trigger.Name).It is { Target: { } reference } scaled)
        {
            shown["target"] = reference.ToString();
            var hpa = cluster.Autoscaler(trigger.Namespace, scaled.HpaName).It;
            shown["conditions"] = new JsonArray(new JsonObject
            {
                ["type"] = "ToleranceKept",
                ["status"] = !scaled.AsksTolerance || hpa is null ? "Unknown" : ExactDecision.WasDropped(scaled, hpa) ? "False" : "True",
                ["message"] = !scaled.AsksTolerance ? "the ScaledObject asks for none" : hpa is null ? $"there is no HPA {scaled.HpaName}" : ExactDecision.WasDropped(scaled, hpa) ? "the API server dropped it" : "the HPA carries it",
            });
            if (answer is Answer.Size exact && cluster.Target(reference).It is { } target)
                shown["exact"] = trigger.Metadata.Exact ? ExactDecision.Of(exact.Replicas, scaled, target, hpa).Why : "exact: false";
        }

        return shown;
    }

    private static JsonObject Capacity(Trigger trigger, CapacityNumbers numbers, bool nodes)
    {
        var resource = trigger.Metadata.Capacity!.Resource;
        var room = numbers.Room;
        var shown = new JsonObject
        {
            ["resource"] = resource,
            ["allocatable"] = Quantity.Words(resource, room.Allocatable),
            ["requestedByOthers"] = Quantity.Words(resource, room.Requested),
            ["pending"] = Quantity.Words(resource, room.Pending),
            ["reserve"] = Quantity.Words(resource, room.Reserve),
            ["remaining"] = Quantity.Words(resource, room.Remaining),
            ["fits"] = room.Fits,
            ["count"] = numbers.Growth.Count,
            ["pace"] = numbers.Growth.Reason,
            ["trusted"] = numbers.Trusted,
            ["eligibleNodes"] = room.Nodes,
        };
        if (nodes)
            shown["nodes"] = new JsonArray([.. trigger.ByNode().Take(5000).Select(node => (JsonNode)new JsonObject
            {
                ["name"] = node.Node,
                ["refusal"] = node.Refusal,
                ["allocatable"] = Quantity.Words(resource, node.Allocatable),
                ["requestedByOthers"] = Quantity.Words(resource, node.Requested),
                ["fits"] = node.Fits,
            })]);
        return shown;
    }

    private static string? Words(Claim? claim) => claim is null ? "nobody asks" : claim.Effect switch
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
