using System.Text.Json;
using System.Text.Json.Nodes;
using Ebb.Simulation.Json;
using Ebb.Simulation.Resources;
using Ebb.Simulation.Rules;
using Ebb.Simulation.Selectors;

namespace Ebb.Simulation.Api;

/// <summary>POST to a pod's eviction: a delete that disruption budgets may refuse.</summary>
internal static class Evictions
{
    public static Reply Evict(Registry registry, Call call)
    {
        var pod = registry.Get(call.Type, call.Namespace ?? "", call.Name);
        foreach (var budget in registry.Store.All(PodDisruptionBudgetResource.Type, call.Namespace))
        {
            var selector = LabelMatcher.OfObject(budget.Tree.Object("spec", "selector"));
            if (!selector.Matches(pod.Tree.Object("metadata", "labels")))
            {
                continue;
            }

            var pods = registry
                .Store.All(PodResource.Type, call.Namespace)
                .Where(p => selector.Matches(p.Tree.Object("metadata", "labels")) && !PodResource.IsOver(p.Tree))
                .ToList();
            var healthy = pods.Count(p => PodResource.IsReady(p.Tree) && !p.Tree.IsTerminating());
            var needed = Needed(budget.Tree, pods.Count);
            if (healthy - 1 < needed)
            {
                throw new Failure(
                    429,
                    "TooManyRequests",
                    "Cannot evict pod as it would violate the pod's disruption budget.",
                    new JsonObject
                    {
                        ["causes"] = new JsonArray(
                            new JsonObject
                            {
                                ["reason"] = "DisruptionBudget",
                                ["message"] =
                                    $"The disruption budget {budget.Tree.Name()} needs {needed} healthy pods "
                                    + $"and has {healthy} currently",
                            }
                        ),
                    }
                );
            }
        }

        var body = JsonSerializer.Deserialize<JsonObject>(call.Body) ?? [];
        registry.Deletion.Delete(
            call.Type,
            pod,
            new DeleteOptions
            {
                GraceSeconds = body.Whole("deleteOptions", "gracePeriodSeconds"),
                DryRun = call.Query("dryRun") == "All",
            }
        );
        return Reply.Json(
            201,
            new JsonObject
            {
                ["kind"] = "Status",
                ["apiVersion"] = "v1",
                ["metadata"] = new JsonObject(),
                ["status"] = "Success",
                ["code"] = 201,
            }
        );
    }

    private static int Needed(JsonObject budget, int expected)
    {
        if (budget.At("spec", "minAvailable") is { } least)
        {
            return Count(least, expected);
        }

        return budget.At("spec", "maxUnavailable") is { } most ? expected - Count(most, expected) : 0;
    }

    private static int Count(JsonNode value, int of)
    {
        var text = value.ToString();
        return text.EndsWith('%')
            ? (int)Math.Ceiling(of * double.Parse(text[..^1], System.Globalization.CultureInfo.InvariantCulture) / 100)
            : int.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
    }
}
