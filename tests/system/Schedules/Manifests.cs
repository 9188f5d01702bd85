using System.Text.Json.Nodes;
using Ebb.Tests.Harness;

namespace Ebb.Tests.Schedules;

/// <summary>Manifests that stories need again and again, and short ways to look at what came of them.</summary>
internal static class Manifests
{
    public const string Hpas = "horizontalpodautoscalers.autoscaling";
    public const string SchedulesResource = "schedules.autoscaling.d-kuro.github.io";

    public static string Namespace(string name) =>
        $"apiVersion: v1\nkind: Namespace\nmetadata: {{name: {name}}}\n---\n";

    public static string Workload(string place, string name, int replicas, string kind = "Deployment") =>
        $$$"""
            apiVersion: apps/v1
            kind: {{{kind}}}
            metadata: {name: {{{name}}}, namespace: {{{place}}}}
            spec:
              replicas: {{{replicas}}}
              serviceName: {{{name}}}
              selector: {matchLabels: {app: {{{name}}}}}
              template:
                metadata: {labels: {app: {{{name}}}}}
                spec: {containers: [{name: main, image: main}]}
            ---

            """.Replace(kind == "Deployment" ? $"  serviceName: {name}\n" : "\0", "", StringComparison.Ordinal);

    public const string Nightly = """
        apiVersion: batch/v1
        kind: CronJob
        metadata: {name: nightly, namespace: shop}
        spec:
          schedule: "0 3 1 1 *"
          jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: main, image: main}]}}}}
        ---

        """;

    public static string Hpa(string place, string name, int min, int max) =>
        $$$"""
            apiVersion: autoscaling/v2
            kind: HorizontalPodAutoscaler
            metadata: {name: {{{name}}}, namespace: {{{place}}}}
            spec:
              scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: {{{name}}}}
              minReplicas: {{{min}}}
              maxReplicas: {{{max}}}
              metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 70} } }]
            ---

            """;

    public static string Schedule(string place, string name, string target, string spec) =>
        $$$"""
            apiVersion: autoscaling.d-kuro.github.io/v1
            kind: Schedule
            metadata: {name: {{{name}}}, namespace: {{{place}}}}
            spec:
              scaleTargetRef: {kind: {{{target.Split('/')[0]}}}, name: {{{target.Split('/')[1]}}}}
            {{{string.Join('\n', spec.Split('\n').Select(line => "  " + line))}}}
            ---

            """;

    public static int? Replicas(this World world, string place, string name, string resource = "deployments.apps") =>
        (int?)world.Cluster.Store.Get(resource, place, name)?["spec"]!["replicas"];

    public static (int? Min, int? Max)? Bounds(this World world, string place, string name) =>
        world.Cluster.Store.Get(Hpas, place, name)?["spec"] is { } spec
            ? ((int?)spec["minReplicas"], (int?)spec["maxReplicas"])
            : null;

    /// <summary>The averageUtilization of a resource metric; null when there is none.</summary>
    public static int? Utilization(this World world, string place, string name, string resource) =>
        (int?)
            (world.Cluster.Store.Get(Hpas, place, name)?["spec"]?["metrics"] as JsonArray)
                ?.FirstOrDefault(metric => (string?)metric!["resource"]?["name"] == resource)
                ?["resource"]!["target"]!["averageUtilization"];

    public static JsonNode? Status(this World world, string resource, string place, string name) =>
        world.Cluster.Store.Get(resource, place, name)?["status"];

    public static string? Condition(this World world, string place, string schedule) =>
        (string?)world.Status(SchedulesResource, place, schedule)?["condition"];

    /// <summary>Requests of Ebb since the log was cleared that change something.</summary>
    public static IReadOnlyList<string> Writes(this World world) =>
        [.. world.Cluster.Requests.All.Where(r => r.IsWrite).Select(r => $"{r.Method} {r.Path}")];
}
