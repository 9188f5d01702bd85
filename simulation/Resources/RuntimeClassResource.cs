using Ebb.Simulation.Json;
using Ebb.Simulation.Tables;

namespace Ebb.Simulation.Resources;

internal static class RuntimeClassResource
{
    public static ApiResource Type { get; } =
        new()
        {
            Group = "node.k8s.io",
            Plural = "runtimeclasses",
            Singular = "runtimeclass",
            Kind = "RuntimeClass",
            Namespaced = false,
            Served = [new ServedVersion("node.k8s.io", "v1") { Schema = BuiltInSchemas.Of("RuntimeClass") }],
            Columns = [TableCells.Name, new("Handler", "string", 0, (o, _) => o.Text("handler") ?? ""), TableCells.Age],
        };
}
