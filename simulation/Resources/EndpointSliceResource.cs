using Ebb.Simulation.Json;
using Ebb.Simulation.Tables;

namespace Ebb.Simulation.Resources;

internal static class EndpointSliceResource
{
    public static ApiResource Type { get; } =
        new()
        {
            Group = "discovery.k8s.io",
            Plural = "endpointslices",
            Singular = "endpointslice",
            Kind = "EndpointSlice",
            Served = [new ServedVersion("discovery.k8s.io", "v1") { Schema = BuiltInSchemas.Of("EndpointSlice") }],
            Columns =
            [
                TableCells.Name,
                new("AddressType", "string", 0, (o, _) => o.Text("addressType") ?? ""),
                TableCells.Age,
            ],
        };
}
