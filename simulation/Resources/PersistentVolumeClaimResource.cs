using Ebb.Simulation.Json;
using Ebb.Simulation.Tables;

namespace Ebb.Simulation.Resources;

internal static class PersistentVolumeClaimResource
{
    public static ApiResource Type { get; } =
        new()
        {
            Group = "",
            Plural = "persistentvolumeclaims",
            Singular = "persistentvolumeclaim",
            Kind = "PersistentVolumeClaim",
            ShortNames = ["pvc"],
            HasStatus = true,
            Prepare = (o, old) =>
            {
                if (old is null)
                {
                    o["status"] = new System.Text.Json.Nodes.JsonObject { ["phase"] = "Bound" };
                }
            },
            Served = [new ServedVersion("", "v1") { Schema = BuiltInSchemas.Of("PersistentVolumeClaim") }],
            Columns =
            [
                TableCells.Name,
                new("Status", "string", 0, (o, _) => o.Text("status", "phase")),
                new("Volume", "string", 0, (o, _) => o.Text("spec", "volumeName") ?? ""),
                new("StorageClass", "string", 0, (o, _) => o.Text("spec", "storageClassName") ?? ""),
                TableCells.Age,
            ],
        };
}
