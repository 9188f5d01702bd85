using System.Text.Json.Nodes;
using Ebb.Simulation.Json;
using Ebb.Simulation.Tables;

namespace Ebb.Simulation.Resources;

internal static class PodDisruptionBudgetResource
{
    public static ApiResource Type { get; } =
        new()
        {
            Group = "policy",
            Plural = "poddisruptionbudgets",
            Singular = "poddisruptionbudget",
            Kind = "PodDisruptionBudget",
            ShortNames = ["pdb"],
            HasStatus = true,
            HasGeneration = true,
            Served = [new ServedVersion("policy", "v1") { Schema = BuiltInSchemas.Of("PodDisruptionBudget") }],
            Prepare = (o, old) =>
            {
                if (old is null)
                {
                    o["status"] = new JsonObject
                    {
                        ["disruptionsAllowed"] = 0,
                        ["currentHealthy"] = 0,
                        ["desiredHealthy"] = 0,
                        ["expectedPods"] = 0,
                    };
                }
            },
            Columns =
            [
                TableCells.Name,
                new("Min Available", "string", 0, (o, _) => o.At("spec", "minAvailable")?.ToString() ?? "N/A"),
                new("Max Unavailable", "string", 0, (o, _) => o.At("spec", "maxUnavailable")?.ToString() ?? "N/A"),
                new("Allowed Disruptions", "integer", 0, (o, _) => o.Whole("status", "disruptionsAllowed") ?? 0),
                TableCells.Age,
            ],
        };
}
