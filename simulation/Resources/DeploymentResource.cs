using System.Text.Json.Nodes;
using Ebb.Simulation.Json;
using Ebb.Simulation.Tables;

namespace Ebb.Simulation.Resources;

internal static class DeploymentResource
{
    public static ApiResource Type { get; } =
        new()
        {
            Group = "apps",
            Plural = "deployments",
            Singular = "deployment",
            Kind = "Deployment",
            ShortNames = ["deploy"],
            Categories = ["all"],
            HasStatus = true,
            Scale = new ScalePaths(["spec", "replicas"], ["status", "replicas"], null),
            HasGeneration = true,
            AnnotationsAreSpec = true,
            Served = [new ServedVersion("apps", "v1") { Schema = BuiltInSchemas.Of("Deployment") }],
            Columns =
            [
                TableCells.Name,
                new(
                    "Ready",
                    "string",
                    0,
                    (o, _) => $"{o.Whole("status", "readyReplicas") ?? 0}/{o.Whole("spec", "replicas") ?? 0}"
                )
                {
                    Description = "Number of the pod with ready state",
                },
                new("Up-to-date", "string", 0, (o, _) => o.Whole("status", "updatedReplicas") ?? 0)
                {
                    Description =
                        "Total number of non-terminated pods targeted by this deployment that have the desired "
                        + "template spec.",
                },
                new("Available", "string", 0, (o, _) => o.Whole("status", "availableReplicas") ?? 0)
                {
                    Description =
                        "Total number of available pods (ready for at least minReadySeconds) targeted by this "
                        + "deployment.",
                },
                TableCells.Age,
                TableCells.Containers,
                TableCells.Images,
                TableCells.Selector,
            ],
            Prepare = (o, old) =>
            {
                PodTemplate.Prepare(o.Object("spec", "template", "spec"));
                if (o.Text("spec", "strategy", "type") == "RollingUpdate")
                {
                    var rolling = o.Ensure("spec", "strategy", "rollingUpdate");
                    rolling["maxUnavailable"] ??= "25%";
                    rolling["maxSurge"] ??= "25%";
                }

                if (old is null)
                {
                    o["status"] = new JsonObject();
                }
            },
            Validate = (o, old, errors) =>
            {
                PodTemplate.Replicas(o, errors);
                PodTemplate.Validate(o, "spec.template", o.Object("spec", "template"), errors, ["Always"]);
                DeploymentRules.Check(o, errors);
                if (old is not null && !JsonNode.DeepEquals(o.At("spec", "selector"), old.At("spec", "selector")))
                {
                    errors.Invalid("spec.selector", o.At("spec", "selector"), "field is immutable");
                }
            },
        };
}
