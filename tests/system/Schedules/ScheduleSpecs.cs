using System.Text.Json.Nodes;
using Ebb.Simulation.Faults;
using Ebb.Tests.Harness;
using NodaTime;

namespace Ebb.Tests.Schedules;

/// <summary>Schedules on everything that they may name.</summary>
public class ScheduleSpecs
{
    private const string Noon = "type: Daily\nstartTime: \"13:00\"\nendTime: \"14:00\"\n";
    private static readonly Instant Begins = Instant.FromUtc(2026, 1, 15, 13, 0);
    private static readonly Duration Two = Duration.FromHours(2);
    private static readonly Instant Ends = Instant.FromUtc(2026, 1, 15, 14, 0);

    private const string Autoscaler = """
        apiVersion: autoscaling.d-kuro.github.io/v1
        kind: ScheduledPodAutoscaler
        metadata: {name: web, namespace: shop}
        spec:
          horizontalPodAutoscalerSpec:
            scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
            minReplicas: 3
            maxReplicas: 10
            metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 70}}}]
        ---

        """;

    private static Task<World> StartAsync(string manifests, int replicas = 4) =>
        World.StartAsync(Manifests.Namespace("shop") + Manifests.Workload("shop", "web", replicas) + manifests);

    [Fact]
    public async Task A_parent_generates_its_HPA_owns_it_and_its_Schedules_and_takes_the_greatest()
    {
        await using var world = await StartAsync(
            Autoscaler
                + Manifests.Schedule(
                    "shop",
                    "a",
                    "ScheduledPodAutoscaler/web",
                    Noon + "minReplicas: 5\nmaxReplicas: 30"
                )
                + Manifests.Schedule("shop", "b", "ScheduledPodAutoscaler/web", Noon + "minReplicas: 8")
                + Manifests.Schedule("shop", "c", "ScheduledPodAutoscaler/web", Noon + "minReplicas: 9\nsuspend: true")
        );
        await using var clock = ClockProcess.Start(world);
        await clock.TurnAsync();
        var parent = world.Cluster.Store.Get("scheduledpodautoscalers.autoscaling.d-kuro.github.io", "shop", "web")![
            "metadata"
        ]!["uid"]!.ToString();
        var owner = world.Cluster.Store.Get(Manifests.Hpas, "shop", "web")!["metadata"]!["ownerReferences"]![0]!;
        Assert.Equal((parent, true), ((string?)owner["uid"], (bool?)owner["controller"]));
        var child = world.Cluster.Store.Get(Manifests.SchedulesResource, "shop", "a")!["metadata"]!["ownerReferences"]![
            0
        ]!;
        Assert.Equal((parent, null), ((string?)child["uid"], (bool?)child["controller"]));
        Assert.Equal((3, 10), world.Bounds("shop", "web"));
        Assert.Equal(
            ("Available", "Available", "Suspend"),
            (world.Condition("shop", "a"), world.Condition("shop", "b"), world.Condition("shop", "c"))
        );

        await clock.AtAsync(Begins);
        Assert.Equal((8, 30), world.Bounds("shop", "web"));
        Assert.Equal(
            ("Progressing", "Progressing", "Suspend"),
            (world.Condition("shop", "a"), world.Condition("shop", "b"), world.Condition("shop", "c"))
        );
        Assert.Equal(
            "2026-01-15T13:00:00Z",
            (string?)world.Status(Manifests.SchedulesResource, "shop", "a")!["lastTransitionTime"]
        );
        Assert.Contains(world.Cluster.Store.List("events", "shop"), e => (string?)e["reason"] == "Progressing");
        await clock.AtAsync(Ends);
        Assert.Equal((3, 10), world.Bounds("shop", "web"));
    }

    [Fact]
    public async Task A_min_above_the_parents_max_raises_that_with_it_and_says_so()
    {
        await using var world = await StartAsync(
            Autoscaler + Manifests.Schedule("shop", "a", "ScheduledPodAutoscaler/web", Noon + "minReplicas: 20")
        );
        await using var clock = ClockProcess.Start(world);
        await clock.AtAsync(Begins);
        Assert.Equal((20, 20), world.Bounds("shop", "web"));
        Assert.Contains(
            "10 otherwise",
            (string?)world.Status(Manifests.SchedulesResource, "shop", "a")!["message"],
            StringComparison.Ordinal
        );
        await clock.AtAsync(Ends);
        Assert.Equal((3, 10), world.Bounds("shop", "web"));
    }

    /// <summary>As a webhook does that puts back what it finds changed.</summary>
    [Theory]
    [InlineData("HorizontalPodAutoscaler/web", Manifests.Hpas, "minReplicas: 5")]
    [InlineData("Deployment/web", "deployments.apps", "minReplicas: 5")]
    public async Task What_is_taken_out_of_a_write_without_a_word_is_told_as_that(
        string target,
        string resource,
        string asks
    )
    {
        await using var world = await StartAsync(
            (target.StartsWith('H') ? Manifests.Hpa("shop", "web", 3, 10) : "")
                + Manifests.Schedule("shop", "busy", target, Noon + asks)
        );
        await using var clock = ClockProcess.Start(world);
        await clock.TurnAsync();
        var asItIs = world.Cluster.Store.Get(resource, "shop", "web")!.ToJsonString();
        world.Cluster.Faults.Add(
            request =>
                request.Method == "PATCH"
                && request.Path.Contains($"/{resource.Split('.')[0]}/web", StringComparison.Ordinal),
            new Fault.InvalidBody(asItIs)
        );
        await clock.AtAsync(Begins);
        Assert.Equal("Degraded", world.Condition("shop", "busy"));
        Assert.Contains("answered without the change", Message(), StringComparison.Ordinal);
        world.Cluster.Faults.Clear();
        await clock.AtAsync(Begins + Duration.FromMinutes(2));
        Assert.Equal("Progressing", world.Condition("shop", "busy"));
        Assert.DoesNotContain("answered without", Message() ?? "", StringComparison.Ordinal);

        string? Message() => (string?)world.Status(Manifests.SchedulesResource, "shop", "busy")!["message"];
    }

    [Theory]
    [InlineData("ScheduledPodAutoscaler/web")]
    [InlineData("HorizontalPodAutoscaler/web")]
    [InlineData("Deployment/web")]
    public async Task Zero_by_the_clock_and_the_size_comes_back(string target)
    {
        await using var world = await StartAsync(
            (
                target.StartsWith('S') ? Autoscaler
                : target.StartsWith('H') ? Manifests.Hpa("shop", "web", 3, 10)
                : ""
            ) + Manifests.Schedule("shop", "night", target, Noon + "minReplicas: 0\nmaxReplicas: 0")
        );
        await using var clock = ClockProcess.Start(world);
        await clock.TurnAsync();
        var before = world.Bounds("shop", "web");
        await clock.AtAsync(Begins);
        Assert.Equal(0, world.Replicas("shop", "web"));
        Assert.Equal(before, world.Bounds("shop", "web"));
        var kept = Assert.Single(world.Cluster.Store.List("baselines.ebb.dev"));
        Assert.Equal("schedule", (string?)kept["spec"]!["by"]);
        Assert.Equal(4, (int?)(kept["spec"]!["replicas"] ?? kept["status"]!["emptiedFrom"]));
        await clock.StepAsync(Duration.FromMinutes(30));
        Assert.Equal(0, world.Replicas("shop", "web"));
        await clock.AtAsync(Ends);
        Assert.Equal(4, world.Replicas("shop", "web"));
        Assert.Empty(world.Cluster.Store.List("baselines.ebb.dev"));
    }

    [Fact]
    public async Task A_StatefulSet_whose_claims_would_be_deleted_is_not_emptied()
    {
        await using var world = await World.StartAsync(
            Manifests.Namespace("shop")
                + Manifests.Workload("shop", "db", 2, "StatefulSet")
                + Manifests.Schedule("shop", "night", "StatefulSet/db", Noon + "maxReplicas: 0")
        );
        world.Cluster.Store.Patch(
            "statefulsets.apps",
            "shop",
            "db",
            JsonNode
                .Parse(
                    """{"spec":{"persistentVolumeClaimRetentionPolicy":{"whenScaled":"Delete","whenDeleted":"Retain"}}}"""
                )!
                .AsObject()
        );
        await using var clock = ClockProcess.Start(world);
        await clock.AtAsync(Begins);
        Assert.Equal(2, world.Replicas("shop", "db", "statefulsets.apps"));
        Assert.Equal("Degraded", world.Condition("shop", "night"));
    }

    [Fact]
    public async Task A_Schedule_deleted_in_its_window_gives_back_what_it_took()
    {
        await using var world = await StartAsync(
            Manifests.Schedule("shop", "night", "Deployment/web", Noon + "maxReplicas: 0")
        );
        await using var clock = ClockProcess.Start(world);
        await clock.AtAsync(Begins);
        Assert.Equal(0, world.Replicas("shop", "web"));
        world.Cluster.Store.Delete(Manifests.SchedulesResource, "shop", "night");
        Assert.Null(world.Cluster.Store.Get(Manifests.SchedulesResource, "shop", "night"));
        await clock.StepAsync(Duration.FromSeconds(1));
        Assert.Equal(4, world.Replicas("shop", "web"));
        Assert.Null(world.Cluster.Store.Get(Manifests.SchedulesResource, "shop", "night"));
    }

    [Theory]
    [InlineData("Background")]
    [InlineData("Foreground")]
    public async Task A_parent_deleted_while_its_workload_is_at_zero_fills_that_first(string propagation)
    {
        const string Parents = "scheduledpodautoscalers.autoscaling.d-kuro.github.io";
        await using var world = await StartAsync(
            Autoscaler + Manifests.Schedule("shop", "night", "ScheduledPodAutoscaler/web", Noon + "maxReplicas: 0")
        );
        await using var clock = ClockProcess.Start(world);
        await clock.AtAsync(Begins);
        Assert.Equal(0, world.Replicas("shop", "web"));
        world.Cluster.Store.Delete(Parents, "shop", "web", propagation);
        for (var i = 0; i < 5; i++)
            await clock.StepAsync(Duration.FromSeconds(1));
        Assert.Equal(4, world.Replicas("shop", "web"));
        Assert.Null(world.Cluster.Store.Get(Parents, "shop", "web"));
        Assert.Null(world.Cluster.Store.Get(Manifests.Hpas, "shop", "web"));
        Assert.Null(world.Cluster.Store.Get(Manifests.SchedulesResource, "shop", "night"));
    }

    [Fact]
    public async Task Nothing_is_held_by_a_finalizer_of_Ebbs()
    {
        await using var world = await StartAsync(
            Autoscaler + Manifests.Schedule("shop", "night", "ScheduledPodAutoscaler/web", Noon + "maxReplicas: 0")
        );
        await using var clock = ClockProcess.Start(world);
        await clock.AtAsync(Begins);
        Assert.Equal(0, world.Replicas("shop", "web"));
        foreach (var kind in (string[])["schedules", "scheduledpodautoscalers"])
        foreach (var item in world.Cluster.Store.List($"{kind}.autoscaling.d-kuro.github.io"))
            Assert.Null(item["metadata"]!["finalizers"]);
        await clock.AtAsync(Ends);
        await clock.TurnAsync();
        Assert.Equal(4, world.Replicas("shop", "web"));
    }

    [Fact]
    public async Task A_Schedule_deleted_while_nobody_runs_is_forgotten_all_the_same()
    {
        await using var world = await StartAsync(
            Manifests.Hpa("shop", "web", 3, 10)
                + Manifests.Schedule("shop", "night", "HorizontalPodAutoscaler/web", Noon + "maxReplicas: 0")
        );
        await using (var clock = ClockProcess.Start(world))
            await clock.AtAsync(Begins);
        Assert.Equal(0, world.Replicas("shop", "web"));
        world.Cluster.Store.Delete(Manifests.SchedulesResource, "shop", "night");
        await using var next = ClockProcess.Start(world);
        await next.TurnAsync();
        await next.TurnAsync();
        Assert.Equal(4, world.Replicas("shop", "web"));
        Assert.Empty(world.Cluster.Store.List("baselines.ebb.dev"));
    }

    [Fact]
    public async Task An_HPA_that_is_deleted_while_its_workload_is_at_zero_leaves_that_as_it_was()
    {
        await using var world = await StartAsync(
            Manifests.Hpa("shop", "web", 3, 10)
                + Manifests.Schedule("shop", "night", "HorizontalPodAutoscaler/web", Noon + "maxReplicas: 0")
        );
        await using var clock = ClockProcess.Start(world);
        await clock.AtAsync(Begins);
        world.Cluster.Store.Delete(Manifests.Hpas, "shop", "web");
        await clock.TurnAsync();
        await clock.TurnAsync();
        Assert.Equal(4, world.Replicas("shop", "web"));
        Assert.Empty(world.Cluster.Store.List("baselines.ebb.dev"));
        Assert.Contains(
            "does not exist",
            (string?)world.Status(Manifests.SchedulesResource, "shop", "night")!["message"],
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_baseline_that_somebody_deletes_in_a_window_is_created_again()
    {
        await using var world = await StartAsync(
            Manifests.Schedule("shop", "night", "Deployment/web", Noon + "maxReplicas: 0")
        );
        await using var clock = ClockProcess.Start(world);
        await clock.AtAsync(Begins);
        world.Cluster.Store.Delete("baselines.ebb.dev", "ebb-system", "shop.deployment.web");
        await clock.TurnAsync();
        Assert.Equal(4, (int?)Assert.Single(world.Cluster.Store.List("baselines.ebb.dev"))["spec"]!["replicas"]);
        await clock.AtAsync(Ends);
        Assert.Equal(4, world.Replicas("shop", "web"));
        Assert.Empty(world.Cluster.Store.List("baselines.ebb.dev"));
    }

    [Fact]
    public async Task Adjacent_windows_never_dip_and_the_first_size_comes_back_after_both()
    {
        await using var world = await StartAsync(
            Manifests.Schedule("shop", "one", "Deployment/web", Noon + "minReplicas: 6")
                + Manifests.Schedule(
                    "shop",
                    "two",
                    "Deployment/web",
                    "type: Daily\nstartTime: \"14:00\"\nendTime: \"15:00\"\nminReplicas: 8"
                )
        );
        await using var clock = ClockProcess.Start(world);
        await clock.AtAsync(Begins);
        var sizes = new List<int>();
        for (var minute = 0; minute < 120; minute++)
        {
            sizes.Add(world.Replicas("shop", "web") ?? -1);
            await clock.StepAsync(Duration.FromMinutes(1));
        }

        Assert.Equal([6, 8], sizes.Distinct());
        Assert.Equal(4, world.Replicas("shop", "web"));
    }

    [Fact]
    public async Task A_Deployment_that_an_autoscaler_scales_is_that_ones_to_size()
    {
        await using var world = await StartAsync(
            Manifests.Hpa("shop", "web", 3, 10)
                + Manifests.Schedule("shop", "noon", "Deployment/web", Noon + "minReplicas: 8")
        );
        await using var clock = ClockProcess.Start(world);
        await clock.AtAsync(Begins);
        Assert.Equal("Degraded", world.Condition("shop", "noon"));
        Assert.Contains(
            "HorizontalPodAutoscaler web scales",
            (string?)world.Status(Manifests.SchedulesResource, "shop", "noon")!["message"],
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_ScaledObject_gets_bounds_and_for_zero_its_pause_and_both_come_back()
    {
        await using var world = await StartAsync(
            """
            apiVersion: keda.sh/v1alpha1
            kind: ScaledObject
            metadata: {name: orders, namespace: shop}
            spec:
              scaleTargetRef: {name: web}
              maxReplicaCount: 20
              triggers: [{type: cron, metadata: {timezone: UTC, start: "0 1 * * *", end: "0 2 * * *", desiredReplicas: "4"}}]
            ---

            """
                + Manifests.Schedule("shop", "busy", "ScaledObject/orders", Noon + "minReplicas: 2\nmaxReplicas: 40")
                + Manifests.Schedule(
                    "shop",
                    "empty",
                    "ScaledObject/orders",
                    "type: Daily\nstartTime: \"15:00\"\nendTime: \"16:00\"\nmaxReplicas: 0"
                )
        );
        JsonNode Scaled() => world.Cluster.Store.Get("scaledobjects.keda.sh", "shop", "orders")!;
        await using var clock = ClockProcess.Start(world);
        await clock.AtAsync(Begins);
        await clock.TurnAsync();
        Assert.Equal((2, 40), ((int?)Scaled()["spec"]!["minReplicaCount"], (int?)Scaled()["spec"]!["maxReplicaCount"]));
        await clock.AtAsync(Ends);
        Assert.Equal(
            (null, 20),
            ((int?)Scaled()["spec"]!["minReplicaCount"], (int?)Scaled()["spec"]!["maxReplicaCount"])
        );
        await clock.AtAsync(Instant.FromUtc(2026, 1, 15, 15, 0));
        Assert.Equal("0", (string?)Scaled()["metadata"]!["annotations"]!["autoscaling.keda.sh/paused-replicas"]);
        await clock.AtAsync(Instant.FromUtc(2026, 1, 15, 16, 0));
        Assert.Null(Scaled()["metadata"]!["annotations"]?["autoscaling.keda.sh/paused-replicas"]);
    }

    [Theory]
    [InlineData("autoscaling.keda.sh/paused: \"true\"", 4)]
    [InlineData("autoscaling.keda.sh/paused-scale-out: \"true\"", 4)]
    [InlineData("autoscaling.keda.sh/paused-scale-in: \"true\"", 4)]
    [InlineData("autoscaling.keda.sh/paused-replicas: \"2\"", 2)]
    public async Task A_ScaledObject_that_a_person_has_paused_comes_back_from_zero_to_what_it_was(
        string pause,
        int replicas
    )
    {
        await using var world = await StartAsync(
            $$$"""
            apiVersion: keda.sh/v1alpha1
            kind: ScaledObject
            metadata: {name: orders, namespace: shop, annotations: { {{{pause}}} } }
            spec:
              scaleTargetRef: {name: web}
              minReplicaCount: 1
              maxReplicaCount: 20
              triggers: [{type: cron, metadata: {timezone: UTC, start: "0 1 * * *", end: "0 2 * * *", desiredReplicas: "4"}}]
            ---

            """
                + Manifests.Schedule("shop", "empty", "ScaledObject/orders", Noon + "maxReplicas: 0")
                + Manifests.Schedule(
                    "shop",
                    "again",
                    "ScaledObject/orders",
                    "type: Daily\nstartTime: \"15:00\"\nendTime: \"16:00\"\nmaxReplicas: 0"
                )
        );
        await using var clock = ClockProcess.Start(world);
        foreach (var (begins, ends) in new[] { (Begins, Ends), (Begins + Two, Ends + Two) })
        {
            await clock.AtAsync(begins);
            await UntilAsync(0);
            await clock.AtAsync(ends);
            await UntilAsync(replicas);
            var annotations = world.Cluster.Store.Get("scaledobjects.keda.sh", "shop", "orders")!["metadata"]![
                "annotations"
            ]!.AsObject();
            Assert.Equal(pause, $"{Assert.Single(annotations).Key}: {annotations.First().Value!.ToJsonString()}");
        }

        async Task UntilAsync(int size)
        {
            for (var i = 0; i < 120 && Size() != size; i++)
            {
                world.Clock.Advance(TimeSpan.FromSeconds(1));
                await clock.TurnAsync();
            }
            Assert.Equal(size, Size());
        }

        int? Size() => (int?)world.Cluster.Store.Get("deployments.apps", "shop", "web")!["spec"]!["replicas"];
    }

    [Fact]
    public async Task A_floor_below_which_KEDA_goes_by_its_idleReplicaCount_is_told()
    {
        await using var world = await StartAsync(
            $$"""
            apiVersion: keda.sh/v1alpha1
            kind: ScaledObject
            metadata: {name: orders, namespace: shop}
            spec:
              scaleTargetRef: {name: web}
              idleReplicaCount: 0
              minReplicaCount: 2
              triggers: [{{Another}}]
            ---

            """ + Manifests.Schedule("shop", "busy", "ScaledObject/orders", Noon + "minReplicas: 4")
        );
        await using var clock = ClockProcess.Start(world);
        await clock.AtAsync(Begins);
        await clock.TurnAsync();
        Assert.Contains(
            "KEDA goes to its idleReplicaCount 0 while no trigger is active, below the 4 asked",
            (string?)world.Status(Manifests.SchedulesResource, "shop", "busy")!["message"],
            StringComparison.Ordinal
        );
    }

    private const string FollowsSchedules =
        "{type: external, metadata: {scalerAddress: \"ebb:9090\", follow: schedule}}";
    private const string FollowsCapacity =
        "{type: external, metadata: {scalerAddress: \"ebb:9090\", follow: capacity}}";
    private const string WindowOfItsOwn =
        "{type: external, metadata: {scalerAddress: \"ebb:9090\", follow: schedule, start: \"08:00\", end: \"18:00\", desiredReplicas: \"3\"}}";
    private const string NamesOthers =
        "{type: external, metadata: {scalerAddress: \"ebb:9090\", follow: schedule, schedules: other}}";
    private const string Another =
        "{type: cron, metadata: {timezone: UTC, start: 0 1 * * *, end: 0 2 * * *, desiredReplicas: \"4\"}}";

    // The scaler says what the Schedule asks only where it alone is asked, follows what names the ScaledObject, and has
    // the room between its bounds.
    [LongTheory]
    [InlineData(FollowsSchedules, "", "minReplicas: 2", null)]
    [InlineData(FollowsSchedules, "", "maxReplicas: 0", null)]
    [InlineData(FollowsSchedules + ", " + FollowsCapacity, "", "minReplicas: 2", null)]
    [InlineData(FollowsSchedules, "minReplicaCount: 1", "maxReplicas: 0", "paused at 0")]
    [InlineData(FollowsSchedules, "maxReplicaCount: 3", "minReplicas: 5", "5 to 5")]
    [InlineData(FollowsSchedules + ", " + Another, "", "maxReplicas: 0", "paused at 0")]
    [InlineData(FollowsCapacity, "", "maxReplicas: 0", "paused at 0")]
    [InlineData(FollowsCapacity, "", "minReplicas: 2", "2 to none")]
    [InlineData(WindowOfItsOwn, "", "maxReplicas: 0", "paused at 0")]
    [InlineData(NamesOthers, "", "maxReplicas: 0", "paused at 0")]
    public async Task A_ScaledObject_is_left_alone_where_the_scaler_says_what_a_Schedule_asks_and_only_there(
        string triggers,
        string bounds,
        string asked,
        string? written
    )
    {
        await using var world = await StartAsync(
            $$"""
            apiVersion: keda.sh/v1alpha1
            kind: ScaledObject
            metadata: {name: orders, namespace: shop}
            spec:
              scaleTargetRef: {name: web}
              {{bounds}}
              triggers: [{{triggers}}]
            ---

            """ + Manifests.Schedule("shop", "busy", "ScaledObject/orders", Noon + asked)
        );
        await using var clock = ClockProcess.Start(world);
        var before = Spec();
        await clock.AtAsync(Begins);
        await clock.TurnAsync();
        Assert.Equal(written, Spec() == before ? null : Written());
        Assert.Equal("Progressing", world.Condition("shop", "busy"));
        await clock.AtAsync(Ends);
        await clock.TurnAsync();
        Assert.Equal(before, Spec());

        JsonObject Scaled() => world.Cluster.Store.Get("scaledobjects.keda.sh", "shop", "orders")!;
        string? Pause() => (string?)Scaled()["metadata"]!["annotations"]?["autoscaling.keda.sh/paused-replicas"];
        string Spec() => $"{Scaled()["spec"]!.ToJsonString()} {Pause()}";
        string Written() =>
            Pause() is { } pause
                ? $"paused at {pause}"
                : $"{Scaled()["spec"]!["minReplicaCount"]} to {Scaled()["spec"]!["maxReplicaCount"]?.ToString() ?? "none"}";
    }

    [Fact]
    public async Task Days_off_by_date_and_by_calendar()
    {
        await using var world = await StartAsync(
            """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: holidays, namespace: shop}
            data:
              days.ics: |
                BEGIN:VCALENDAR
                VERSION:2.0
                BEGIN:VEVENT
                UID:1
                DTSTART;VALUE=DATE:20250116
                RRULE:FREQ=YEARLY
                SUMMARY:The sixteenth
                END:VEVENT
                END:VCALENDAR
            ---

            """
                + Manifests.Schedule(
                    "shop",
                    "noon",
                    "Deployment/web",
                    Noon
                        + "minReplicas: 8\nexcludeDates: [\"2026-01-17/2026-01-18\"]\nexcludeCalendarRef: {name: holidays}"
                )
        );
        await using var clock = ClockProcess.Start(world);
        List<(int?, string?)> seen = [];
        for (var day = 15; day <= 19; day++)
        {
            await clock.AtAsync(Instant.FromUtc(2026, 1, day, 13, 30));
            seen.Add((world.Replicas("shop", "web"), DaysOff(world)));
        }

        Assert.Equal(
            [
                (8, "[\"2026-01-16\",\"2026-01-17\",\"2026-01-18\"]"),
                (4, "[\"2026-01-16\",\"2026-01-17\",\"2026-01-18\"]"),
                (4, "[\"2026-01-17\",\"2026-01-18\"]"),
                (4, "[\"2026-01-18\"]"),
                (8, null),
            ],
            seen
        );
    }

    private static string? DaysOff(World world) =>
        world.Status(Manifests.SchedulesResource, "shop", "noon")!["daysOff"]?.ToJsonString();

    [Fact]
    public async Task While_its_calendar_is_not_known_a_Schedule_is_not_in_force_over_a_restart_too()
    {
        static string Calendar(string text) =>
            $"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: holidays, namespace: shop}}\ndata:\n  days.ics: \"{text}\"\n---\n";
        const string Good =
            "BEGIN:VCALENDAR\\nBEGIN:VEVENT\\nDTSTART;VALUE=DATE:20260116\\nEND:VEVENT\\nEND:VCALENDAR\\n";
        await using var world = await StartAsync(
            Manifests.Schedule(
                "shop",
                "noon",
                "Deployment/web",
                Noon + "minReplicas: 8\nexcludeCalendarRef: {name: holidays}"
            )
        );
        List<(int?, string?)> seen = [];
        List<string?> daysOff = [];
        async Task SeeAsync(ClockProcess clock, int minute)
        {
            await clock.AtAsync(Instant.FromUtc(2026, 1, 15, 13, minute));
            seen.Add((world.Replicas("shop", "web"), world.Condition("shop", "noon")));
            daysOff.Add(DaysOff(world));
        }

        await using (var clock = ClockProcess.Start(world))
        {
            await SeeAsync(clock, 10);
            await world.Cluster.ApplyManifestAsync(Calendar(Good));
            await SeeAsync(clock, 11);
            await world.Cluster.ApplyManifestAsync(Calendar("hello"));
            await SeeAsync(clock, 12);
            Assert.Contains(
                "expected an iCalendar file",
                (string?)world.Status(Manifests.SchedulesResource, "shop", "noon")!["message"],
                StringComparison.Ordinal
            );
        }

        await using (var clock = ClockProcess.Start(world))
        {
            await SeeAsync(clock, 13);
            await world.Cluster.ApplyManifestAsync(
                Calendar(Good.Replace("END:VEVENT", "EXRULE:x\\nEND:VEVENT", StringComparison.Ordinal))
            );
            await SeeAsync(clock, 14);
            Assert.Contains(
                "left out: spec.excludeCalendarRef: data[days.ics] line 4, event",
                (string?)world.Status(Manifests.SchedulesResource, "shop", "noon")!["message"],
                StringComparison.Ordinal
            );
        }

        Assert.Equal([(4, "Degraded"), (8, "Progressing"), (4, "Degraded"), (4, "Degraded"), (8, "Progressing")], seen);
        // Those that were known last are shown until others are.
        const string sixteenth = "[\"2026-01-16\"]";
        Assert.Equal([null, sixteenth, sixteenth, sixteenth, null], daysOff);
    }

    [Fact]
    public async Task A_OneShot_on_a_day_off_is_never_in_force_and_over_all_the_same()
    {
        await using var world = await StartAsync(
            Manifests.Schedule(
                "shop",
                "once",
                "Deployment/web",
                "type: OneShot\nstartTime: \"2026-01-15T13:00\"\nendTime: \"2026-01-15T14:00\"\nminReplicas: 8\nexcludeDates: [\"2026-01-15\"]"
            )
        );
        await using var clock = ClockProcess.Start(world);
        await clock.AtAsync(Begins);
        Assert.Equal((4, "Available"), (world.Replicas("shop", "web"), world.Condition("shop", "once")));
        await clock.AtAsync(Ends);
        Assert.Equal((4, "Completed"), (world.Replicas("shop", "web"), world.Condition("shop", "once")));
    }

    [Fact]
    public async Task A_OneShot_is_Completed_by_its_own_zone()
    {
        await using var world = await StartAsync(
            Manifests.Schedule(
                "shop",
                "once",
                "Deployment/web",
                "type: OneShot\nstartTime: \"2026-01-15T22:00\"\nendTime: \"2026-01-15T23:00\"\ntimeZone: Asia/Tokyo\nminReplicas: 8"
            )
        );
        await using var clock = ClockProcess.Start(world);
        await clock.AtAsync(Begins);
        Assert.Equal((8, "Progressing"), (world.Replicas("shop", "web"), world.Condition("shop", "once")));
        await clock.AtAsync(Ends);
        Assert.Equal((4, "Completed"), (world.Replicas("shop", "web"), world.Condition("shop", "once")));
    }
}
