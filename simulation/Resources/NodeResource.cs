using System.Text.Json.Nodes;
using Ebb.Simulation.Json;
using Ebb.Simulation.Tables;

namespace Ebb.Simulation.Resources;

internal static class NodeResource
{
    public static ApiResource Type { get; } =
        new()
        {
            Group = "",
            Plural = "nodes",
            Singular = "node",
            Kind = "Node",
            Namespaced = false,
            ShortNames = ["no"],
            HasStatus = true,
            Served =
            [
                new ServedVersion("", "v1")
                {
                    Schema = BuiltInSchemas.Of("Node"),
                    Selectable = new Dictionary<string, string[]>
                    {
                        ["spec.unschedulable"] = ["spec", "unschedulable"],
                    },
                },
            ],
            Columns =
            [
                TableCells.Name,
                new("Status", "string", 0, (o, _) => StatusWord(o)) { Description = "The status of the node" },
                new("Roles", "string", 0, (o, _) => Roles(o)) { Description = "The roles of the node" },
                TableCells.Age,
                new("Version", "string", 0, (o, _) => o.Text("status", "nodeInfo", "kubeletVersion") ?? "")
                {
                    Description = "Kubelet Version reported by the node.",
                },
                new("Internal-IP", "string", 1, (o, _) => Address(o, "InternalIP")),
                new("External-IP", "string", 1, (o, _) => Address(o, "ExternalIP")),
                new("OS-Image", "string", 1, (o, _) => o.Text("status", "nodeInfo", "osImage") ?? "<unknown>"),
                new(
                    "Kernel-Version",
                    "string",
                    1,
                    (o, _) => o.Text("status", "nodeInfo", "kernelVersion") ?? "<unknown>"
                ),
                new(
                    "Container-Runtime",
                    "string",
                    1,
                    (o, _) => o.Text("status", "nodeInfo", "containerRuntimeVersion") ?? "<unknown>"
                ),
            ],
            Prepare = (o, _) => o.Ensure("spec"),
        };

    public static bool IsReady(JsonObject node) => node.Condition("Ready")?.Text("status") == "True";

    private static string StatusWord(JsonObject o)
    {
        var word = o.Condition("Ready")?.Text("status") switch
        {
            "True" => "Ready",
            null => "Unknown",
            _ => "NotReady",
        };
        return o.Flag("spec", "unschedulable") == true ? word + ",SchedulingDisabled" : word;
    }

    private static string Roles(JsonObject o)
    {
        const string Prefix = "node-role.kubernetes.io/";
        var roles = (o.Object("metadata", "labels") ?? [])
            .Where(l => l.Key.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(l => l.Key[Prefix.Length..])
            .Order()
            .ToList();
        return roles.Count == 0 ? "<none>" : string.Join(",", roles);
    }

    private static string Address(JsonObject o, string type) =>
        o.Objects("status", "addresses").FirstOrDefault(a => a.Text("type") == type)?.Text("address") ?? "<none>";
}
