using Ebb.Simulation.Tables;

namespace Ebb.Simulation.Resources;

internal static class ResourceQuotaResource
{
    public static ApiResource Type { get; } =
        new()
        {
            Group = "",
            Plural = "resourcequotas",
            Singular = "resourcequota",
            Kind = "ResourceQuota",
            ShortNames = ["quota"],
            HasStatus = true,
            Served = [new ServedVersion("", "v1") { Schema = BuiltInSchemas.Of("ResourceQuota") }],
            Columns = [TableCells.Name, TableCells.Age],
        };
}
