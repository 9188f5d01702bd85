using Ebb.Simulation.Json;
using Ebb.Simulation.Tables;

namespace Ebb.Simulation.Resources;

internal static class ServiceAccount
{
    public static ResourceType Type { get; } =
        new()
        {
            Group = "",
            Plural = "serviceaccounts",
            Singular = "serviceaccount",
            Kind = "ServiceAccount",
            ShortNames = ["sa"],
            Served = [new ServedVersion("", "v1") { Schema = Shapes.Of("ServiceAccount") }],
            Columns =
            [
                Cells.Name,
                new(
                    "Secrets",
                    "string",
                    0,
                    (o, _) =>
                        (o.Items("secrets")?.Count ?? 0).ToString(System.Globalization.CultureInfo.InvariantCulture)
                )
                {
                    Description =
                        "Secrets is a list of the secrets in the same namespace that pods running using this ServiceAccount are allowed to use.",
                },
                Cells.Age,
            ],
        };
}
