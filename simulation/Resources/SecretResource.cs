using Ebb.Simulation.Json;
using Ebb.Simulation.Tables;

namespace Ebb.Simulation.Resources;

internal static class SecretResource
{
    public static ApiResource Type { get; } =
        new()
        {
            Group = "",
            Plural = "secrets",
            Singular = "secret",
            Kind = "Secret",
            Served = [new ServedVersion("", "v1") { Schema = BuiltInSchemas.Of("Secret") }],
            Columns =
            [
                TableCells.Name,
                new("Type", "string", 0, (o, _) => o.Text("type"))
                {
                    Description = "Used to facilitate programmatic handling of secret data.",
                },
                new(
                    "Data",
                    "string",
                    0,
                    (o, _) => (o.Object("data")?.Count ?? 0).ToString(System.Globalization.CultureInfo.InvariantCulture)
                )
                {
                    Description = "Data contains the secret data.",
                },
                TableCells.Age,
            ],
        };
}
