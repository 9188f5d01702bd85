using System.Text.Json.Nodes;
using Ebb.Simulation.Json;
using Ebb.Simulation.Tables;

namespace Ebb.Simulation.Resources;

internal static class NamespaceResource
{
    public static ApiResource Type { get; } =
        new()
        {
            Group = "",
            Plural = "namespaces",
            Singular = "namespace",
            Kind = "Namespace",
            Namespaced = false,
            ShortNames = ["ns"],
            Verbs = ["create", "delete", "get", "list", "patch", "update", "watch"],
            HasStatus = true,
            OtherSubresources = ["finalize"],
            Served = [new ServedVersion("", "v1") { Schema = BuiltInSchemas.Of("Namespace") }],
            Columns =
            [
                TableCells.Name,
                new("Status", "string", 0, (o, _) => o.Text("status", "phase"))
                {
                    Description = "The status of the namespace",
                },
                TableCells.Age,
            ],
            Prepare = (o, old) =>
            {
                o.Ensure("metadata", "labels")["kubernetes.io/metadata.name"] = o.Name();
                if (old is null)
                {
                    o.Ensure("spec")["finalizers"] = new JsonArray("kubernetes");
                    o["status"] = new JsonObject { ["phase"] = "Active" };
                }
            },
        };
}
