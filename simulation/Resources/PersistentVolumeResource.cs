using Ebb.Simulation.Json;
using Ebb.Simulation.Tables;

namespace Ebb.Simulation.Resources;

internal static class PersistentVolumeResource
{
    public static ApiResource Type { get; } =
        new()
        {
            Group = "",
            Plural = "persistentvolumes",
            Singular = "persistentvolume",
            Kind = "PersistentVolume",
            ShortNames = ["pv"],
            Namespaced = false,
            HasStatus = true,
            Served = [new ServedVersion("", "v1") { Schema = BuiltInSchemas.Of("PersistentVolume") }],
            Columns =
            [
                TableCells.Name,
                new("Status", "string", 0, (o, _) => o.Text("status", "phase") ?? ""),
                new("StorageClass", "string", 0, (o, _) => o.Text("spec", "storageClassName") ?? ""),
                TableCells.Age,
            ],
        };
}
