using System.Text.Json.Nodes;
using Ebb.Tests.Harness;
using Ebb.Tests.Schedules;

namespace Ebb.Tests.Hooks;

/// <summary>Two Deployments with a hook between them, and what came of it.</summary>
internal static class HookWorld
{
    public static readonly Dictionary<string, string?> Hurried = new()
    {
        ["Power__OnBatteryFor"] = "2s",
        ["Power__MainsFor"] = "3s",
        ["Power__WaveTimeout"] = "60s",
    };

    private static string Roles =>
        File.ReadAllText(Path.Combine(Repository.Root, "deploy/components/hooks/hook-roles.yaml"));

    /// <param name="hook">In YAML, in one line.</param>
    /// <param name="pod">Of the CronJob's template.</param>
    /// <param name="annotations">Of its pods.</param>
    /// <param name="rights">Whether those for hooks are granted.</param>
    public static string Manifest(
        string hook,
        string pod = "restartPolicy: Never, containers: [{name: c, image: example/flags:1}]",
        string annotations = "simulation.ebb.dev/run-seconds: \"5\"",
        bool rights = true
    ) =>
        Ebb.Tests.Schedules.Manifests.Namespace("shop")
        + $$"""
            apiVersion: v1
            kind: Node
            metadata: {name: node-1, labels: {kubernetes.io/hostname: node-1} }
            status: {capacity: {cpu: "16", memory: 64Gi, pods: "110"}, allocatable: {cpu: "16", memory: 64Gi, pods: "110"} }
            ---
            apiVersion: batch/v1
            kind: CronJob
            metadata: {name: flags, namespace: shop}
            spec:
              schedule: "0 0 31 2 *"
              suspend: true
              jobTemplate: {spec: {template: {metadata: {annotations: {{{annotations}}} }, spec: {{{pod}}} } } }
            ---
            apiVersion: ups-scaler.io/v1alpha1
            kind: UpsScaler
            metadata: {name: flags, namespace: shop}
            spec: {hook: {{hook}}, shutdownPriority: 20, scaleUpPriority: 20}
            ---
            {{Scaler("web", 10, 30)}}
            {{Scaler("db", 30, 10)}}
            {{Ebb.Tests.Schedules.Manifests.Workload("shop", "web", 2)}}
            {{Ebb.Tests.Schedules.Manifests.Workload("shop", "db", 1)}}
            """
        + (rights ? Roles : "");

    private static string Scaler(string name, int down, int up) =>
        $$"""
            apiVersion: ups-scaler.io/v1alpha1
            kind: UpsScaler
            metadata: {name: {{name}}, namespace: shop}
            spec: {type: deployment, name: {{name}}, shutdownPriority: {{down}}, scaleUpPriority: {{up}}}
            ---

            """;

    public static IReadOnlyList<JsonObject> Jobs(this World world) =>
        world.Cluster.Store.List("jobs.batch").OrderBy(job => (string?)job["metadata"]!["name"]).ToList();

    public static JsonObject Scaler(this World world, string name = "flags") =>
        world.Cluster.Store.Get("upsscalers.ups-scaler.io", "shop", name)!;

    public static string Reason(this World world, string name = "flags") =>
        (string?)world.Scaler(name)["status"]?["reason"] ?? "";

    public static JsonNode? Run(this World world) =>
        world
            .Cluster.Store.List("baselines.ebb.dev")
            .Select(b => b["status"]?["hook"])
            .SingleOrDefault(run => run is not null);

    public static async Task UntilAsync(EbbProcess ebb, Func<bool> condition, int seconds = 200)
    {
        for (var i = 0; !condition(); i++)
        {
            Assert.True(
                i < seconds,
                $"not within {seconds} s: {ebb.Path.View?.Plan.Phase}: "
                    + string.Join(
                        "; ",
                        (ebb.Path.View?.Plan.Workloads ?? []).Select(w => $"{w.Member} {w.Phase}: {w.Reason}")
                    )
            );
            await ebb.StepAsync();
        }
    }
}
