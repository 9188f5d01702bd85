using System.Text.Json.Nodes;
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
                new(
                    "External-IP",
                    "string",
                    0,
                    (o, _) =>
                        o.Text("spec", "type") switch
                        {
                            "ExternalName" => o.Text("spec", "externalName") ?? "",
                            "LoadBalancer" => "<pending>",
                            _ => "<none>",
                        }
                ),
                new(
                    "Port(s)",
                    "string",
                    0,
                    (o, _) =>
                        string.Join(
                            ",",
                            o.Objects("spec", "ports")
                                .Select(p =>
                                    $"{p.Whole("port")}{(p.Whole("nodePort") is { } node ? $":{node}" : "")}/{p.Text("protocol")}"
                                )
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
                if (old is null && o.Text("spec", "type") != "ExternalName")
                {
                    Allot(o);
                }
            },
        };

    private static void Allot(JsonObject service)
    {
        var (spec, chance) = (service.Ensure("spec"), Rules.NameGenerator.Fraction(service.Key()));
        var host = (int)(chance * 65_000);
        spec["clusterIP"] ??= $"10.96.{host / 256}.{host % 256}";
        spec["clusterIPs"] ??= new JsonArray(spec.Text("clusterIP"));
        if (spec.Text("type") is not ("NodePort" or "LoadBalancer"))
        {
            return;
        }

        foreach (var (port, i) in spec.Objects("ports").Select((port, i) => (port, i)))
        {
            port["nodePort"] ??= 30_000 + (((int)(chance * 2_700) + i) % 2_768);
        }
    }
}
