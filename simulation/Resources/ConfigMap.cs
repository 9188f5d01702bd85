using Ebb.Simulation.Json;
using Ebb.Simulation.Tables;

namespace Ebb.Simulation.Resources;

internal static class ConfigMap
{
    public static ResourceType Type { get; } = new()
    {
        Group = "",
        Plural = "configmaps",
        Singular = "configmap",
        Kind = "ConfigMap",
        ShortNames = ["cm"],
        Served = [new ServedVersion("", "v1") { Schema = Shapes.Of("ConfigMap") }],
        Columns =
        [
            Cells.Name,
            new("Data", "string", 0, (o, _) => ((o.Object("data")?.Count ?? 0) + (o.Object("binaryData")?.Count ?? 0)).ToString(System.Globalization.CultureInfo.InvariantCulture)) { Description = "Data contains the configuration data." },
            Cells.Age,
        ],
    };
}
