using System.Text.Json.Nodes;
using Ebb.Core.Capacity;
using Ebb.Kubernetes.Capacity;
using Ebb.Scaler.Answers;
using NodaTime;

namespace Ebb.Scaler.Http;

/// <summary>What would be given back for one more pod that asks for so much of each resource.</summary>
internal sealed class WhatIfPage(ScalerCluster cluster, TriggerRegistry triggers, TimeProvider time)
{
    private const int MostResources = 16;

    /// <summary>The status and the answer.</summary>
    /// <param name="query">Resources and quantities.</param>
    public (int Status, JsonObject Answer) Of(IQueryCollection query)
    {
        List<string> faults = [];
        List<(int Id, long Units)> asked = [];
        JsonObject requests = [];
        foreach (var (name, values) in query)
        {
            if (!IsResource(name))
                faults.Add($"{name}: expected a resource such as cpu, memory or nvidia.com/gpu");
            else if (
                values is not [{ Length: <= 64 } text]
                || !Quantity.TryParse(text, Quantity.UnitsOf(name), out var units)
                || units <= 0
            )
                faults.Add($"{name}: expected one quantity above 0 such as 8 or 32Gi, found \"{values}\"");
            else
            {
                asked.Add((ScalerCluster.ResourceId(name), units));
                requests[name] = text;
            }

            if (faults.Count + asked.Count > MostResources)
                return (400, Fault([$"expected at most {MostResources} resources"]));
        }

        if (faults.Count == 0 && asked.Count == 0)
            faults.Add("expected what the pod would request, such as ?cpu=8&memory=32Gi, found nothing");
        if (faults.Count > 0)
            return (400, Fault(faults));
        if (!cluster.CapacitySynced || cluster.CapacityTroubles.Count > 0 || cluster.Contact.Reachable == false)
            return (
                503,
                new JsonObject
                {
                    ["unknown"] = Sentence.Because("nodes and pods are not read", cluster.CapacityTroubles),
                }
            );
        if (cluster.DemandUnread is { } unread)
            return (503, new JsonObject { ["unknown"] = unread });
        // Whoever gives back is known from its answer on.
        var now = Instant.FromDateTimeOffset(time.GetUtcNow());
        foreach (var (trigger, _) in triggers.Present)
            _ = trigger.At(now);
        var found = cluster.WhatIf(Amounts.Of(asked));
        return (
            200,
            new JsonObject
            {
                ["requests"] = requests,
                ["node"] = found.Node,
                ["because"] = found.Why,
                ["givenBack"] = new JsonArray([
                    .. found.GivenBack.Select(one =>
                        (JsonNode)
                            new JsonObject
                            {
                                // Without the UID that tells it from one of the same name.
                                ["workload"] = one.Workload[..one.Workload.LastIndexOf(' ')],
                                ["node"] = one.Node,
                                ["replicas"] = one.Replicas,
                            }
                    ),
                ]),
            }
        );
    }

    private static bool IsResource(string name) =>
        name.Length is > 0 and <= 128
        && (
            name is "cpu" or "memory" or "ephemeral-storage"
            || name.Contains('/', StringComparison.Ordinal)
            || name.StartsWith("hugepages-", StringComparison.Ordinal)
        )
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '/');

    private static JsonObject Fault(IEnumerable<string> faults) => new() { ["invalid"] = string.Join("; ", faults) };
}
