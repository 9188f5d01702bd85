using System.Globalization;
using Ebb.Simulation.Json;
using Ebb.Simulation.Tables;

namespace Ebb.Simulation.Resources;

internal static class PriorityClassResource
{
    public static ApiResource Type { get; } =
        new()
        {
            Group = "scheduling.k8s.io",
            Plural = "priorityclasses",
            Singular = "priorityclass",
            Kind = "PriorityClass",
            ShortNames = ["pc"],
            Namespaced = false,
            HasGeneration = true,
            Prepare = (o, _) => o["preemptionPolicy"] ??= "PreemptLowerPriority",
            Served = [new ServedVersion("scheduling.k8s.io", "v1") { Schema = BuiltInSchemas.Of("PriorityClass") }],
            Columns =
            [
                TableCells.Name,
                new("Value", "integer", 0, (o, _) => (o.Whole("value") ?? 0).ToString(CultureInfo.InvariantCulture)),
                TableCells.Age,
            ],
        };
}
