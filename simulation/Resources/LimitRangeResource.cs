using System.Text.Json.Nodes;
using Ebb.Simulation.Json;
using Ebb.Simulation.Tables;

namespace Ebb.Simulation.Resources;

internal static class LimitRangeResource
{
    public static ApiResource Type { get; } =
        new()
        {
            Group = "",
            Plural = "limitranges",
            Singular = "limitrange",
            Kind = "LimitRange",
            ShortNames = ["limits"],
            Prepare = (o, _) =>
            {
                foreach (var item in o.Objects("spec", "limits").Where(item => item.Text("type") == "Container"))
                {
                    FillIn(item, "default", "max");
                    FillIn(item, "defaultRequest", "default");
                    FillIn(item, "defaultRequest", "min");
                }
            },
            Served = [new ServedVersion("", "v1") { Schema = BuiltInSchemas.Of("LimitRange") }],
            Columns =
            [
                TableCells.Name,
                new("Created At", "date", 0, (o, _) => o.Text("metadata", "creationTimestamp")),
            ],
        };

    private static void FillIn(JsonObject item, string what, string from)
    {
        foreach (var (name, value) in item.Object(from) ?? [])
        {
            item.Ensure(what).TryAdd(name, value?.DeepClone());
        }
    }
}
