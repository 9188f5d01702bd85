using Ebb.Simulation.Json;
using Ebb.Simulation.Tables;

namespace Ebb.Simulation.Resources;

internal static class DaemonSetResource
{
    public static ApiResource Type { get; } =
        new()
        {
            Group = "apps",
            Plural = "daemonsets",
            Singular = "daemonset",
            Kind = "DaemonSet",
            ShortNames = ["ds"],
            Categories = ["all"],
            HasStatus = true,
            HasGeneration = true,
            Served = [new ServedVersion("apps", "v1") { Schema = BuiltInSchemas.Of("DaemonSet") }],
            Columns =
            [
                TableCells.Name,
                new("Desired", "integer", 0, (o, _) => o.Whole("status", "desiredNumberScheduled") ?? 0),
                new("Current", "integer", 0, (o, _) => o.Whole("status", "currentNumberScheduled") ?? 0),
                new("Ready", "integer", 0, (o, _) => o.Whole("status", "numberReady") ?? 0),
                new("Up-to-date", "integer", 0, (o, _) => o.Whole("status", "updatedNumberScheduled") ?? 0),
                new("Available", "integer", 0, (o, _) => o.Whole("status", "numberAvailable") ?? 0),
                new(
                    "Node Selector",
                    "string",
                    0,
                    (o, _) =>
                        string.Join(
                            ",",
                            (o.Object("spec", "template", "spec", "nodeSelector") ?? []).Select(p =>
                                $"{p.Key}={p.Value}"
                            )
                        )
                            is { Length: > 0 } said
                            ? said
                            : "<none>"
                ),
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
                    o["status"] = new System.Text.Json.Nodes.JsonObject
                    {
                        ["currentNumberScheduled"] = 0,
                        ["numberMisscheduled"] = 0,
                        ["desiredNumberScheduled"] = 0,
                        ["numberReady"] = 0,
                    };
                }
            },
            Validate = (o, _, errors) =>
                PodTemplate.Validate(o, "spec.template", o.Object("spec", "template"), errors, ["Always"]),
        };
}
