using System.Text.Json.Nodes;
using Ebb.Tests.Harness;
using NodaTime;

namespace Ebb.Tests.Schedules;

/// <summary>A ServiceScaler and its HPA over their whole life.</summary>
public class ServiceScalerSpecs
{
    private const string Resource = "servicescalers.scaler.udaan.io";

    private static string Scaler(string hpa, string ranges = "", string metadata = "") =>
        $$"""
            apiVersion: scaler.udaan.io/v1
            kind: ServiceScaler
            metadata: {name: web, namespace: shop{{metadata}}}
            spec:
              hpa: { {{hpa}} }
              timeRangeSpec: [{{ranges}}]
            ---

            """;

    private static Task<World> StartAsync(string manifests) =>
        World.StartAsync(Manifests.Namespace("shop") + Manifests.Workload("shop", "web", 2) + manifests);

    [Fact]
    public async Task Makes_an_HPA_with_its_labels_and_annotations_and_makes_it_again()
    {
        await using var world = await StartAsync(
            Scaler("minReplicas: 2, maxReplicas: 6", "", ", labels: {team: a}, annotations: {owner: b}")
        );
        await using var clock = ClockProcess.Start(world);
        await clock.TurnAsync();
        var hpa = world.Cluster.Store.Get(Manifests.Hpas, "shop", "web")!;
        Assert.Equal("a", (string?)hpa["metadata"]!["labels"]!["team"]);
        Assert.Equal(
            ("b", "true", "DO-NOT-EDIT-THIS--EDIT-SERVICE-SCALER-INSTEAD"),
            (
                (string?)hpa["metadata"]!["annotations"]!["owner"],
                (string?)hpa["metadata"]!["annotations"]!["service-scaler.kubernetes.io/managed"],
                (string?)hpa["metadata"]!["annotations"]!["service-scaler.kubernetes.io/note"]
            )
        );
        Assert.Equal(
            ("Deployment", "web", "apps/v1"),
            (
                (string?)hpa["spec"]!["scaleTargetRef"]!["kind"],
                (string?)hpa["spec"]!["scaleTargetRef"]!["name"],
                (string?)hpa["spec"]!["scaleTargetRef"]!["apiVersion"]
            )
        );
        Assert.Equal((80, null), (world.Utilization("shop", "web", "cpu"), world.Utilization("shop", "web", "memory")));

        world.Cluster.Store.Delete(Manifests.Hpas, "shop", "web");
        await clock.StepAsync(Duration.FromSeconds(1));
        Assert.Equal((2, 6), world.Bounds("shop", "web"));
    }

    [Fact]
    public async Task Adopts_an_HPA_and_leaves_everything_else_of_it_alone()
    {
        await using var world = await StartAsync(
            """
            apiVersion: autoscaling/v2
            kind: HorizontalPodAutoscaler
            metadata: {name: web, namespace: shop, labels: {keep: me}}
            spec:
              scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
              minReplicas: 1
              maxReplicas: 3
              behavior: {scaleDown: {stabilizationWindowSeconds: 120}}
              metrics:
              - {type: Pods, pods: {metric: {name: sockets}, target: {type: AverageValue, averageValue: "10"}}}
            ---

            """ + Scaler("minReplicas: 2, maxReplicas: 6, targetCPUUtilization: 50")
        );
        await using var clock = ClockProcess.Start(world);
        await clock.TurnAsync();
        var hpa = world.Cluster.Store.Get(Manifests.Hpas, "shop", "web")!;
        Assert.Equal((2, 6), world.Bounds("shop", "web"));
        Assert.Equal("true", (string?)hpa["metadata"]!["annotations"]!["service-scaler.kubernetes.io/managed"]);
        Assert.Equal(120, (int?)hpa["spec"]!["behavior"]!["scaleDown"]!["stabilizationWindowSeconds"]);
        Assert.Equal(["Pods", "Resource"], hpa["spec"]!["metrics"]!.AsArray().Select(m => (string?)m!["type"]));
        Assert.Equal("me", (string?)hpa["metadata"]!["labels"]!["keep"]);
    }

    [Theory]
    [InlineData("false")]
    [InlineData("False")]
    public async Task The_kill_switch_is_hands_off_and_the_status_is_written_all_the_same(string off)
    {
        await using var world = await StartAsync(
            Manifests.Hpa("shop", "web", 1, 3) + Scaler("minReplicas: 2, maxReplicas: 6")
        );
        world.Cluster.Store.Patch(
            Manifests.Hpas,
            "shop",
            "web",
            JsonNode
                .Parse($"{{\"metadata\":{{\"annotations\":{{\"service-scaler.kubernetes.io/managed\":\"{off}\"}}}}}}")!
                .AsObject()
        );
        await using var clock = ClockProcess.Start(world);
        await clock.TurnAsync();
        Assert.Equal((1, 3), world.Bounds("shop", "web"));
        Assert.Equal("no-op", (string?)world.Status(Resource, "shop", "web")!["lastAction"]);
        Assert.Equal(2, (int?)world.Status(Resource, "shop", "web")!["lastKnownConfig"]!["minReplicas"]);
    }

    [Fact]
    public async Task An_HPA_without_the_switch_is_not_switched_off()
    {
        await using var world = await StartAsync(
            Manifests.Hpa("shop", "web", 1, 3) + Scaler("minReplicas: 2, maxReplicas: 6")
        );
        world.Cluster.Store.Patch(
            Manifests.Hpas,
            "shop",
            "web",
            JsonNode.Parse("""{"metadata":{"annotations":{"other":"x"}}}""")!.AsObject()
        );
        await using var clock = ClockProcess.Start(world);
        await clock.TurnAsync();
        Assert.Equal((2, 6), world.Bounds("shop", "web"));
    }

    [Fact]
    public async Task A_fixed_size_deletes_the_HPA()
    {
        await using var world = await StartAsync(Scaler("minReplicas: 2, maxReplicas: 6"));
        await using var clock = ClockProcess.Start(world);
        await clock.TurnAsync();
        Assert.NotNull(world.Bounds("shop", "web"));
        world.Cluster.Store.Patch(
            Resource,
            "shop",
            "web",
            JsonNode.Parse("""{"spec":{"hpa":{"minReplicas":4,"maxReplicas":4}}}""")!.AsObject()
        );
        await clock.StepAsync(Duration.FromSeconds(1));
        Assert.Null(world.Bounds("shop", "web"));
        await clock.StepAsync(Duration.FromSeconds(60));
        Assert.Null(world.Bounds("shop", "web"));
    }

    [Fact]
    public async Task Goes_with_its_HPA()
    {
        await using var world = await StartAsync(Scaler("minReplicas: 2, maxReplicas: 6"));
        await using var clock = ClockProcess.Start(world);
        await clock.TurnAsync();
        Assert.Contains(
            "servicescalers.scaler.udaan.io/finalizer",
            world.Cluster.Store.Get(Resource, "shop", "web")!["metadata"]!["finalizers"]!
                .AsArray()
                .Select(f => (string?)f)
        );
        world.Cluster.Store.Delete(Resource, "shop", "web");
        await clock.StepAsync(Duration.FromSeconds(1));
        Assert.Null(world.Cluster.Store.Get(Resource, "shop", "web"));
        Assert.Null(world.Bounds("shop", "web"));
    }

    [Fact]
    public async Task The_last_range_listed_wins_and_what_it_leaves_out_is_the_usual()
    {
        await using var world = await StartAsync(
            Scaler(
                "minReplicas: 2, maxReplicas: 6, targetCPUUtilization: 50",
                """{kind: ZonedTime, from: "10:00Z", to: "16:00Z", replicaSpec: {hpa: {minReplicas: 5}}}, {kind: ZonedDateTime, from: "2026-01-15T11:00:00+00:00", to: "2026-01-15T13:00:00Z", replicaSpec: {hpa: {maxReplicas: 9, targetCPUUtilization: 0, targetMemoryUtilization: 60}}}"""
            )
        );
        await using var clock = ClockProcess.Start(world);
        await clock.TurnAsync();
        Assert.Equal((2, 9), world.Bounds("shop", "web"));
        Assert.Equal((null, 60), (world.Utilization("shop", "web", "cpu"), world.Utilization("shop", "web", "memory")));
        await clock.AtAsync(Instant.FromUtc(2026, 1, 15, 13, 0));
        Assert.Equal((5, 6), world.Bounds("shop", "web"));
        Assert.Equal((50, null), (world.Utilization("shop", "web", "cpu"), world.Utilization("shop", "web", "memory")));
    }

    [Fact]
    public async Task The_status_has_all_its_fields()
    {
        await using var world = await StartAsync(
            Scaler(
                "minReplicas: 2, maxReplicas: 6, targetCPUUtilization: 50",
                """{kind: ZonedTime, from: "12:00Z", to: "13:00Z", replicaSpec: {hpa: {minReplicas: 3}}}"""
            )
        );
        await using var clock = ClockProcess.Start(world);
        await clock.TurnAsync();
        var status = world.Status(Resource, "shop", "web")!;
        Assert.True((bool?)status["timeRangeMatch"]);
        Assert.Equal("patch", (string?)status["lastAction"]);
        Assert.Equal(1, (int?)status["lastObservedGeneration"]);
        Assert.Equal("2026-01-15T12:01Z+0000", (string?)status["lastUpdatedTime"]);
        Assert.Equal(
            """{"maxReplicas":6,"minReplicas":3,"targetCPUUtilization":50}""",
            new JsonObject(
                status["lastKnownConfig"]!
                    .AsObject()
                    .OrderBy(f => f.Key, StringComparer.Ordinal)
                    .Select(f => KeyValuePair.Create(f.Key, f.Value?.DeepClone()))
            ).ToJsonString()
        );
        Assert.Contains(world.Cluster.Store.List("events", "shop"), e => (string?)e["reason"] == "HpaCreated");
    }

    [Fact]
    public async Task Only_those_that_the_label_selector_takes_are_looked_after()
    {
        await using var world = await StartAsync(Scaler("minReplicas: 2, maxReplicas: 6"));
        await using var clock = ClockProcess.Start(
            world,
            new Dictionary<string, string?> { ["LABEL_SELECTOR"] = "team=a" }
        );
        await clock.Cluster.WaitForChangeAsync(clock.Cluster.Known, TestContext.Current.CancellationToken);
        while (!clock.Cluster.Known.Synced)
            await clock.Cluster.WaitForChangeAsync(clock.Cluster.Known, TestContext.Current.CancellationToken);
        await clock.Path.TurnAsync(TestContext.Current.CancellationToken);
        Assert.Empty(clock.Cluster.Known.ServiceScalers);
        Assert.Null(world.Bounds("shop", "web"));
    }

    [Fact]
    public async Task A_bad_one_is_Degraded_with_every_fault_and_the_last_good_one_stays_in_force()
    {
        await using var world = await StartAsync(Scaler("minReplicas: 2, maxReplicas: 6"));
        await using var clock = ClockProcess.Start(world);
        await clock.TurnAsync();
        world.Cluster.Store.Patch(
            Resource,
            "shop",
            "web",
            JsonNode
                .Parse(
                    """{"spec":{"hpa":{"minReplicas":7},"timeRangeSpec":[{"kind":"ZonedTime","from":"25:00+05:30","replicaSpec":{"hpa":{}}}]}}"""
                )!
                .AsObject()
        );
        await clock.StepAsync(Duration.FromSeconds(1));
        Assert.Equal((2, 6), world.Bounds("shop", "web"));
        var status = world.Status(Resource, "shop", "web")!;
        Assert.Equal("Degraded", (string?)status["condition"]);
        var message = (string)status["message"]!;
        Assert.Contains(
            "spec.hpa.minReplicas: expected at most maxReplicas (6), found 7",
            message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "spec.timeRangeSpec[0].from: expected a time of day with its offset from UTC such as 08:00+05:30, found \"25:00+05:30\"",
            message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "spec.timeRangeSpec[0].to: expected a time of day with its offset from UTC such as 08:00+05:30 or 24:00+05:30, found nothing",
            message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            world.Cluster.Store.List("events", "shop"),
            e => (string?)e["reason"] == "Degraded" && (string?)e["type"] == "Warning"
        );
    }
}
