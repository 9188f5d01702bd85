using Ebb.Simulation.Json;
using Ebb.Simulation.Tables;

namespace Ebb.Simulation.Resources;

internal static class StorageClassResource
{
    private static readonly string[] Modes = ["Immediate", "WaitForFirstConsumer"];

    public static ApiResource Type { get; } =
        new()
        {
            Group = "storage.k8s.io",
            Plural = "storageclasses",
            Singular = "storageclass",
            Kind = "StorageClass",
            ShortNames = ["sc"],
            Namespaced = false,
            Served = [new ServedVersion("storage.k8s.io", "v1") { Schema = BuiltInSchemas.Of("StorageClass") }],
            Validate = (o, _, errors) =>
            {
                if (!Modes.Contains(o.Text("volumeBindingMode")))
                {
                    errors.Unsupported("volumeBindingMode", o["volumeBindingMode"], Modes);
                }
            },
            Columns =
            [
                TableCells.Name,
                new("Provisioner", "string", 0, (o, _) => o.Text("provisioner")),
                new("ReclaimPolicy", "string", 0, (o, _) => o.Text("reclaimPolicy")),
                new("VolumeBindingMode", "string", 0, (o, _) => o.Text("volumeBindingMode")),
                TableCells.Age,
            ],
        };
}
