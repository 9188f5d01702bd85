using System.Text.Json.Nodes;
using Ebb.Tests.Harness;
using NodaTime;

namespace Ebb.Tests.Schedules;

/// <summary>One Schedule for many workloads, by their labels and those of their namespaces.</summary>
public sealed class SelectionSpecs
{
    private const string Deployments = "deployments.apps";
    private static readonly Instant Begins = Instant.FromUtc(2026, 1, 15, 13, 0);
    private static readonly Instant Ends = Instant.FromUtc(2026, 1, 15, 14, 0);

    private static readonly string Cluster =
        "apiVersion: v1\nkind: Namespace\nmetadata: {name: dev-a, labels: {env: dev}}\n---\n"
        + "apiVersion: v1\nkind: Namespace\nmetadata: {name: dev-b, labels: {env: dev}}\n---\n"
        + "apiVersion: v1\nkind: Namespace\nmetadata: {name: prod, labels: {env: prod}}\n---\n"
        + Manifests.Workload("dev-a", "api", 2)
        + Manifests.Workload("dev-a", "web", 3)
        + Manifests.Workload("dev-b", "web", 4)
        + Manifests.Workload("dev-b", "db", 1)
        + Manifests.Workload("prod", "web", 5);

    private static string Schedule(string place, string reference) =>
        $$"""
            apiVersion: autoscaling.d-kuro.github.io/v1
            kind: Schedule
            metadata: {name: night, namespace: {{place}}}
            spec:
              scaleTargetRef: {kind: Deployment, {{reference}}}
              type: Daily
              startTime: "13:00"
              endTime: "14:00"
              maxReplicas: 0
            ---

            """;

    private static JsonNode? Status(World world, string place) =>
        world.Cluster.Store.Get(Manifests.SchedulesResource, place, "night")!["status"];

    private static string Sizes(World world) =>
        string.Join(
            ' ',
            world
                .Cluster.Store.List(Deployments)
                .Select(d => $"{d["metadata"]!["namespace"]}/{d["metadata"]!["name"]}={d["spec"]!["replicas"]}")
                .Order(StringComparer.Ordinal)
        );

    [Fact]
    public async Task Of_all_namespaces_with_a_label_what_is_not_excluded_sleeps_and_wakes_to_what_it_was()
    {
        await using var world = await World.StartAsync(
            Cluster
                + Schedule(
                    "ebb-system",
                    "selector: {}, namespaceSelector: {matchLabels: {env: dev}}, exclude: {names: [dev-b/db]}"
                )
        );
        await using var clock = ClockProcess.Start(world);
        await clock.TurnAsync();
        Assert.Equal(
            (3, "Available"),
            ((int?)Status(world, "ebb-system")!["selected"], world.Condition("ebb-system", "night"))
        );
        Assert.Equal(
            """["dev-a/api","dev-a/web","dev-b/web"]""",
            Status(world, "ebb-system")!["workloads"]!.ToJsonString()
        );
        await clock.AtAsync(Begins);
        Assert.Equal("dev-a/api=0 dev-a/web=0 dev-b/db=1 dev-b/web=0 prod/web=5", Sizes(world));
        Assert.Equal("Progressing", world.Condition("ebb-system", "night"));

        // One that comes is taken in, one that leaves becomes its own again.
        world.Cluster.Store.Apply(Workload("dev-b", "late", 6));
        await clock.StepAsync(Duration.FromSeconds(30));
        Assert.Equal("dev-a/api=0 dev-a/web=0 dev-b/db=1 dev-b/late=0 dev-b/web=0 prod/web=5", Sizes(world));
        Assert.Equal(4, (int?)Status(world, "ebb-system")!["selected"]);
        world.Cluster.Requests.Clear();
        await clock.StepAsync(Duration.FromSeconds(30));
        Assert.Empty(world.Writes());

        await clock.AtAsync(Ends);
        Assert.Equal("dev-a/api=2 dev-a/web=3 dev-b/db=1 dev-b/late=6 dev-b/web=4 prod/web=5", Sizes(world));
        Assert.Empty(world.Cluster.Store.List("baselines.ebb.dev"));
    }

    [Fact]
    public async Task What_loses_its_label_in_the_window_becomes_its_own_again_also_over_a_restart()
    {
        await using var world = await World.StartAsync(
            Cluster + Schedule("dev-a", "selector: {matchExpressions: [{key: awake, operator: DoesNotExist}]}")
        );
        await using (var clock = ClockProcess.Start(world))
        {
            await clock.AtAsync(Begins);
            Assert.Equal("dev-a/api=0 dev-a/web=0 dev-b/db=1 dev-b/web=4 prod/web=5", Sizes(world));
        }
        world.Cluster.Store.Patch(
            Deployments,
            "dev-a",
            "api",
            new JsonObject { ["metadata"] = new JsonObject { ["labels"] = new JsonObject { ["awake"] = "yes" } } }
        );
        await using var next = ClockProcess.Start(world);
        await next.StepAsync(Duration.FromSeconds(30));
        Assert.Equal("dev-a/api=2 dev-a/web=0 dev-b/db=1 dev-b/web=4 prod/web=5", Sizes(world));
        world.Cluster.Store.Delete(Manifests.SchedulesResource, "dev-a", "night");
        await next.StepAsync(Duration.FromSeconds(30));
        Assert.Equal("dev-a/api=2 dev-a/web=3 dev-b/db=1 dev-b/web=4 prod/web=5", Sizes(world));
    }

    [Fact]
    public async Task One_that_cannot_follow_is_named_and_the_others_follow()
    {
        await using var world = await World.StartAsync(
            Cluster
                + Manifests.Hpa("dev-a", "web", 1, 9)
                + Schedule("dev-a", "selector: {}").Replace("maxReplicas: 0", "minReplicas: 7")
        );
        await using var clock = ClockProcess.Start(world);
        await clock.AtAsync(Begins);
        Assert.Equal(7, world.Replicas("dev-a", "api"));
        Assert.Equal(3, world.Replicas("dev-a", "web"));
        Assert.Equal("Degraded", world.Condition("dev-a", "night"));
        Assert.StartsWith("1 of 2: ", (string?)Status(world, "dev-a")!["message"], StringComparison.Ordinal);
        Assert.Contains("HorizontalPodAutoscaler web", (string?)Status(world, "dev-a")!["message"]);
    }

    [Fact]
    public async Task A_tenant_that_selects_namespaces_is_refused_and_sizes_nothing()
    {
        await using var world = await World.StartAsync(
            Cluster + Schedule("dev-a", "selector: {}, namespaceSelector: {}")
        );
        await using var clock = ClockProcess.Start(world);
        await clock.AtAsync(Begins);
        Assert.Equal("dev-a/api=2 dev-a/web=3 dev-b/db=1 dev-b/web=4 prod/web=5", Sizes(world));
        Assert.Equal("Degraded", world.Condition("dev-a", "night"));
        Assert.StartsWith(
            "spec.scaleTargetRef.namespaceSelector: expected none: only a Schedule in ebb-system",
            (string?)Status(world, "dev-a")!["message"],
            StringComparison.Ordinal
        );
    }

    private static JsonObject Workload(string place, string name, int replicas) =>
        new()
        {
            ["apiVersion"] = "apps/v1",
            ["kind"] = "Deployment",
            ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = place },
            ["spec"] = new JsonObject
            {
                ["replicas"] = replicas,
                ["selector"] = new JsonObject { ["matchLabels"] = new JsonObject { ["app"] = name } },
                ["template"] = new JsonObject
                {
                    ["metadata"] = new JsonObject { ["labels"] = new JsonObject { ["app"] = name } },
                    ["spec"] = new JsonObject
                    {
                        ["containers"] = new JsonArray(new JsonObject { ["name"] = "main", ["image"] = "main" }),
                    },
                },
            },
        };
}
