using System.Globalization;
using System.Text.Json.Nodes;
using Ebb.Simulation.Json;
using Ebb.Simulation.Tables;

namespace Ebb.Simulation.Resources;

internal static class PodResource
{
    public static ApiResource Type { get; } =
        new()
        {
            Group = "",
            Plural = "pods",
            Singular = "pod",
            Kind = "Pod",
            ShortNames = ["po"],
            Categories = ["all"],
            HasStatus = true,
            HasGeneration = true,
            DiesGracefully = true,
            OtherSubresources = ["eviction", "log"],
            Served =
            [
                new ServedVersion("", "v1")
                {
                    Schema = BuiltInSchemas.Of("Pod"),
                    Selectable = new Dictionary<string, string[]>
                    {
                        ["spec.nodeName"] = ["spec", "nodeName"],
                        ["spec.restartPolicy"] = ["spec", "restartPolicy"],
                        ["spec.schedulerName"] = ["spec", "schedulerName"],
                        ["spec.serviceAccountName"] = ["spec", "serviceAccountName"],
                        ["spec.hostNetwork"] = ["spec", "hostNetwork"],
                        ["status.phase"] = ["status", "phase"],
                        ["status.podIP"] = ["status", "podIP"],
                        ["status.nominatedNodeName"] = ["status", "nominatedNodeName"],
                    },
                },
            ],
            Columns =
            [
                TableCells.Name,
                new(
                    "Ready",
                    "string",
                    0,
                    (o, _) =>
                        $"{o.Objects("status", "containerStatuses").Count(c => c.Flag("ready") == true)}/{o.Items("spec", "containers")?.Count ?? 0}"
                )
                {
                    Description = "The aggregate readiness state of this pod for accepting traffic.",
                },
                new("Status", "string", 0, (o, _) => StatusWord(o))
                {
                    Description = "The aggregate status of the containers in this pod.",
                },
                new("Restarts", "string", 0, Restarts)
                {
                    Description =
                        "The number of times the containers in this pod have been restarted and when the last "
                        + "container in this pod has restarted.",
                },
                TableCells.Age,
                new("IP", "string", 1, (o, _) => o.Text("status", "podIP") ?? "<none>"),
                new("Node", "string", 1, (o, _) => o.Text("spec", "nodeName") ?? "<none>"),
                new("Nominated Node", "string", 1, (_, _) => "<none>"),
                new("Readiness Gates", "string", 1, (_, _) => "<none>"),
            ],
            Prepare = (o, old) =>
            {
                var spec = o.Ensure("spec");
                PodTemplate.Prepare(spec);
                spec["serviceAccountName"] ??= "default";
                spec["enableServiceLinks"] ??= true;
                if (old is null)
                {
                    o["status"] = new JsonObject { ["phase"] = "Pending", ["qosClass"] = Quality(spec) };
                }
            },
            Validate = (o, _, errors) => PodTemplate.ValidateSpec("spec", o.Object("spec"), errors),
        };

    public static bool IsReady(JsonObject pod) => pod.Condition("Ready")?.Text("status") == "True";

    public static bool IsOver(JsonObject pod) => pod.Text("status", "phase") is "Succeeded" or "Failed";

    private static string StatusWord(JsonObject o)
    {
        if (o.IsTerminating())
        {
            return o.Text("status", "reason") == "NodeLost" ? "Unknown" : "Terminating";
        }

        foreach (var container in o.Objects("status", "containerStatuses"))
        {
            if (container.Text("state", "waiting", "reason") is { } waiting)
            {
                return waiting;
            }

            if (container.Text("state", "terminated", "reason") is { } ended)
            {
                return ended;
            }
        }

        return o.Text("status", "reason") ?? o.Text("status", "phase") ?? "Unknown";
    }

    private static JsonNode Restarts(JsonObject o, DateTimeOffset now)
    {
        var count = o.Objects("status", "containerStatuses").Sum(c => c.Whole("restartCount") ?? 0);
        var last = o.Objects("status", "containerStatuses")
            .Select(c => c.Time("lastState", "terminated", "finishedAt"))
            .Max();
        var text = count.ToString(CultureInfo.InvariantCulture);
        return count > 0 && last is not null ? $"{text} ({TableCells.Since(last, now)} ago)" : text;
    }

    private static string Quality(JsonObject spec)
    {
        var containers = spec.Objects("containers").ToList();
        if (containers.All(c => (c.Object("resources", "requests")?.Count ?? 0) == 0))
        {
            return "BestEffort";
        }

        return containers.All(c =>
            c.Object("resources", "limits") is { Count: > 1 } limits
            && JsonNode.DeepEquals(limits, c.Object("resources", "requests"))
        )
            ? "Guaranteed"
            : "Burstable";
    }
}
