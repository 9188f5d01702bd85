using System.Text.Json.Nodes;
using Ebb.Simulation.Json;
using Ebb.Simulation.Tables;

namespace Ebb.Simulation.Resources;

internal static class ReplicaSetResource
{
    public static ApiResource Type { get; } =
        new()
        {
            Group = "apps",
            Plural = "replicasets",
            Singular = "replicaset",
            Kind = "ReplicaSet",
            ShortNames = ["rs"],
            Categories = ["all"],
            HasStatus = true,
            Scale = new ScalePaths(["spec", "replicas"], ["status", "replicas"], null),
            HasGeneration = true,
            Served = [new ServedVersion("apps", "v1") { Schema = BuiltInSchemas.Of("ReplicaSet") }],
            Columns =
            [
                TableCells.Name,
                new("Desired", "integer", 0, (o, _) => o.Whole("spec", "replicas") ?? 0),
                new("Current", "integer", 0, (o, _) => o.Whole("status", "replicas") ?? 0),
                new("Ready", "integer", 0, (o, _) => o.Whole("status", "readyReplicas") ?? 0),
                TableCells.Age,
                TableCells.Containers,
                TableCells.Images,
                TableCells.Selector,
            ],
            Prepare = (o, old) =>
            {
                PodTemplate.Prepare(o.Object("spec", "template", "spec"));
                if (old is null)
                {
                    o["status"] = new JsonObject { ["replicas"] = 0 };
                }
            },
            Validate = (o, _, errors) =>
            {
                PodTemplate.Replicas(o, errors);
                PodTemplate.Validate(o, "spec.template", o.Object("spec", "template"), errors, ["Always"]);
            },
        };
}
