using Ebb.Simulation.Json;
using Ebb.Simulation.Tables;

namespace Ebb.Simulation.Resources;

internal static class ServiceResource
{
    public static ApiResource Type { get; } =
        new()
        {
            Group = "",
            Plural = "services",
            Singular = "service",
            Kind = "Service",
            ShortNames = ["svc"],
            Categories = ["all"],
            HasStatus = true,
            Served = [new ServedVersion("", "v1") { Schema = BuiltInSchemas.Of("Service") }],
            Columns =
            [
                TableCells.Name,
                new("Type", "string", 0, (o, _) => o.Text("spec", "type")),
                new("Cluster-IP", "string", 0, (o, _) => o.Text("spec", "clusterIP") ?? "<none>"),
                new("External-IP", "string", 0, (_, _) => "<none>"),
                new(
                    "Port(s)",
                    "string",
                    0,
                    (o, _) =>
                        string.Join(
                            ",",
                            o.Objects("spec", "ports").Select(p => $"{p.Whole("port")}/{p.Text("protocol")}")
                        )
                ),
                TableCells.Age,
                new(
                    "Selector",
                    "string",
                    1,
                    (o, _) => string.Join(",", (o.Object("spec", "selector") ?? []).Select(p => $"{p.Key}={p.Value}"))
                ),
            ],
            Prepare = (o, old) =>
            {
                if (old is null && o.Text("spec", "clusterIP") is null)
                {
                    var host = (int)(Rules.NameGenerator.Fraction(o.Key()) * 65_000);
                    o.Ensure("spec")["clusterIP"] = $"10.96.{host / 256}.{host % 256}";
                }
            },
        };
}
