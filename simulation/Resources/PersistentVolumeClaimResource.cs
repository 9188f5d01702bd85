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
                    // Without any class it has a volume from the start.
                    o["status"] = new System.Text.Json.Nodes.JsonObject
                    {
                        ["phase"] = o.Text("spec", "storageClassName") is { Length: > 0 } ? "Pending" : "Bound",
                    };
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
