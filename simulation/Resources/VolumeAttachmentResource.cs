using Ebb.Simulation.Json;
using Ebb.Simulation.Tables;

namespace Ebb.Simulation.Resources;

internal static class VolumeAttachmentResource
{
    public static ApiResource Type { get; } =
        new()
        {
            Group = "storage.k8s.io",
            Plural = "volumeattachments",
            Singular = "volumeattachment",
            Kind = "VolumeAttachment",
            Namespaced = false,
            HasStatus = true,
            Served = [new ServedVersion("storage.k8s.io", "v1") { Schema = BuiltInSchemas.Of("VolumeAttachment") }],
            Columns =
            [
                TableCells.Name,
                new("Attacher", "string", 0, (o, _) => o.Text("spec", "attacher") ?? ""),
                new("PV", "string", 0, (o, _) => o.Text("spec", "source", "persistentVolumeName") ?? ""),
                new("Node", "string", 0, (o, _) => o.Text("spec", "nodeName") ?? ""),
                TableCells.Age,
            ],
        };
}
