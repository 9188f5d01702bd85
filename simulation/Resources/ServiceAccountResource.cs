using Ebb.Simulation.Json;
using Ebb.Simulation.Tables;

namespace Ebb.Simulation.Resources;

internal static class ServiceAccountResource
{
    public static ApiResource Type { get; } =
        new()
        {
            Group = "",
            Plural = "serviceaccounts",
            Singular = "serviceaccount",
            Kind = "ServiceAccount",
            ShortNames = ["sa"],
            OtherSubresources = ["token"],
            Served = [new ServedVersion("", "v1") { Schema = BuiltInSchemas.Of("ServiceAccount") }],
            Columns =
            [
                TableCells.Name,
                new(
                    "Secrets",
                    "string",
                    0,
                    (o, _) =>
                        (o.Items("secrets")?.Count ?? 0).ToString(System.Globalization.CultureInfo.InvariantCulture)
                )
                {
                    Description =
                        "Secrets is a list of the secrets in the same namespace that pods running using this "
                        + "ServiceAccount are allowed to use.",
                },
                TableCells.Age,
            ],
        };
}
