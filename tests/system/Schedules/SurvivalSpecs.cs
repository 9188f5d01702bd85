using System.Text;
using System.Text.Json.Nodes;
using Ebb.Simulation.Faults;
using Ebb.Tests.Harness;
using NodaTime;

namespace Ebb.Tests.Schedules;

/// <summary>What the time path must survive.</summary>
public class SurvivalSpecs
{
    private const string Noon = "type: Daily\nstartTime: \"13:00\"\nendTime: \"14:00\"\n";
    private static readonly Instant Begins = Instant.FromUtc(2026, 1, 15, 13, 0);

    [LongFact]
    public async Task One_bad_Schedule_among_a_hundred_is_Degraded_and_the_rest_are_in_force()
    {
        var manifest = new StringBuilder(Manifests.Namespace("shop"));
        for (var i = 0; i < 100; i++)
            manifest
                .Append(Manifests.Workload("shop", $"web-{i}", 1))
                .Append(
                    Manifests.Schedule(
                        "shop",
                        $"noon-{i}",
                        $"Deployment/web-{i}",
                        Noon + "minReplicas: 3" + (i == 42 ? "\ntimeZone: Europe/Atlantis" : "")
                    )
                );
        await using var world = await World.StartAsync(manifest.ToString());
        await using var clock = ClockProcess.Start(world);
        await clock.AtAsync(Begins);
        Assert.Equal(99, Enumerable.Range(0, 100).Count(i => world.Replicas("shop", $"web-{i}") == 3));
        Assert.Equal(("Degraded", 1), (world.Condition("shop", "noon-42"), world.Replicas("shop", "web-42")));
        Assert.Equal(
            "spec.timeZone: expected an IANA time zone such as Europe/Berlin, found \"Europe/Atlantis\"",
            (string?)world.Status(Manifests.SchedulesResource, "shop", "noon-42")!["message"]
        );
        Assert.Equal(99, Enumerable.Range(0, 100).Count(i => world.Condition("shop", $"noon-{i}") == "Progressing"));
    }

    [Fact]
    public async Task An_absent_target_is_said()
    {
        await using var world = await World.StartAsync(
            Manifests.Namespace("shop")
                + Manifests.Workload("shop", "other", 1)
                + Manifests.Schedule("shop", "noon", "Deployment/web", Noon + "minReplicas: 3")
        );
        await using var clock = ClockProcess.Start(world);
        await clock.AtAsync(Begins);
        Assert.Equal("Degraded", world.Condition("shop", "noon"));
        Assert.Equal(
            "Deployment shop/web does not exist",
            (string?)world.Status(Manifests.SchedulesResource, "shop", "noon")!["message"]
        );
        await world.Cluster.ApplyManifestAsync(Manifests.Workload("shop", "web", 1));
        await clock.TurnAsync();
        Assert.Equal(("Progressing", 3), (world.Condition("shop", "noon"), world.Replicas("shop", "web")));
    }

    /// <summary>The same end, however the ticks came.</summary>
    [Theory]
    [InlineData("12:30 13:00 13:30 14:00 14:30")]
    [InlineData("12:30 14:30")]
    [InlineData("13:30 14:30")]
    [InlineData("13:00 13:00 13:00 14:30 14:30")]
    [InlineData("12:30 13:59 15:00")]
    public async Task Ticks_missed_or_doubled_end_the_same(string ticks)
    {
        await using var world = await World.StartAsync(
            Manifests.Namespace("shop")
                + Manifests.Workload("shop", "web", 4)
                + Manifests.Hpa("shop", "api", 2, 6)
                + Manifests.Schedule("shop", "noon", "Deployment/web", Noon + "minReplicas: 8")
                + Manifests.Schedule("shop", "night", "HorizontalPodAutoscaler/api", Noon + "minReplicas: 8")
        );
        await using var clock = ClockProcess.Start(world);
        foreach (var tick in ticks.Split(' '))
        {
            var time = NodaTime.Text.LocalTimePattern.CreateWithInvariantCulture("HH:mm").Parse(tick).Value;
            await clock.AtAsync((new LocalDate(2026, 1, 15) + time).InUtc().ToInstant());
        }

        Assert.Equal(4, world.Replicas("shop", "web"));
        Assert.Equal((2, 6), world.Bounds("shop", "api"));
        Assert.All(
            world.Cluster.Store.List(Manifests.SchedulesResource),
            schedule => Assert.Equal("Available", (string?)schedule["status"]!["condition"])
        );
        Assert.Empty(world.Cluster.Store.List("baselines.ebb.dev"));
    }

    [Fact]
    public async Task What_a_person_changes_by_hand_is_stated_again()
    {
        await using var world = await World.StartAsync(
            Manifests.Namespace("shop")
                + Manifests.Hpa("shop", "web", 2, 6)
                + Manifests.Schedule("shop", "noon", "HorizontalPodAutoscaler/web", Noon + "minReplicas: 4")
        );
        await using var clock = ClockProcess.Start(world);
        await clock.AtAsync(Begins);
        await clock.StepAsync(Duration.FromMinutes(20));
        Edit(world, 1);
        await clock.TurnAsync();
        Assert.Equal((4, 6), world.Bounds("shop", "web"));
        await clock.AtAsync(Begins + Duration.FromHours(1));
        Assert.Equal((2, 6), world.Bounds("shop", "web"));
    }

    [Fact]
    public async Task Another_controller_that_rewrites_it_every_five_seconds_is_named_and_not_fought()
    {
        await using var world = await World.StartAsync(
            Manifests.Namespace("shop")
                + Manifests.Hpa("shop", "web", 2, 6)
                + Manifests.Schedule("shop", "noon", "HorizontalPodAutoscaler/web", Noon + "minReplicas: 4")
        );
        await using var clock = ClockProcess.Start(world);
        await clock.AtAsync(Begins);
        world.Cluster.Requests.Clear();
        for (var i = 0; i < 60; i++)
        {
            Edit(world, 1);
            await clock.StepAsync(Duration.FromSeconds(5));
        }

        // Five minutes, a tick of thirty seconds: ten statements and a little more, and one status.
        var writes = world.Writes();
        Assert.InRange(writes.Count(w => w.Contains("horizontalpodautoscalers", StringComparison.Ordinal)), 8, 11);
        Assert.InRange(writes.Count(w => w.EndsWith("/status", StringComparison.Ordinal)), 1, 2);
        Assert.Equal("simulation", (string?)world.Status(Manifests.SchedulesResource, "shop", "noon")!["changedBy"]);
        await clock.StepAsync(Duration.FromMinutes(11));
        Assert.Equal((4, 6), world.Bounds("shop", "web"));
        Assert.Null(world.Status(Manifests.SchedulesResource, "shop", "noon")!["changedBy"]);
    }

    [Fact]
    public async Task A_conflict_is_read_again_and_decided_again()
    {
        await using var world = await World.StartAsync(
            Manifests.Namespace("shop")
                + Manifests.Hpa("shop", "web", 2, 6)
                + Manifests.Schedule("shop", "noon", "HorizontalPodAutoscaler/web", Noon + "minReplicas: 4")
        );
        await using var clock = ClockProcess.Start(world);
        await clock.TurnAsync();
        var once = true;
        world.Cluster.Faults.BeforeRequest = request =>
        {
            if (
                !once
                || request.Method != "PATCH"
                || !request.Path.Contains("horizontalpodautoscalers", StringComparison.Ordinal)
            )
                return;
            once = false;
            world.Cluster.Store.Patch(
                Manifests.Hpas,
                "shop",
                "web",
                JsonNode.Parse("""{"metadata":{"labels":{"changed":"meanwhile"}}}""")!.AsObject()
            );
        };
        await clock.AtAsync(Begins);
        Assert.False(once);
        await clock.StepAsync(Duration.FromSeconds(1));
        Assert.Equal((4, 6), world.Bounds("shop", "web"));
        Assert.Equal(
            "meanwhile",
            (string?)world.Cluster.Store.Get(Manifests.Hpas, "shop", "web")!["metadata"]!["labels"]!["changed"]
        );
    }

    [LongTheory]
    [InlineData(500)]
    [InlineData(429)]
    public async Task A_server_that_fails_for_a_while_is_not_hammered_and_in_the_end_it_is_as_it_should_be(int code)
    {
        await using var world = await World.StartAsync(
            Manifests.Namespace("shop")
                + Manifests.Hpa("shop", "web", 2, 6)
                + Manifests.Schedule("shop", "noon", "HorizontalPodAutoscaler/web", Noon + "minReplicas: 4")
        );
        await using var clock = ClockProcess.Start(world);
        await clock.TurnAsync();
        using (
            world.Cluster.Faults.Add(
                request =>
                    request.IsWrite && request.Path.Contains("horizontalpodautoscalers", StringComparison.Ordinal),
                Answer(code)
            )
        )
        {
            await clock.AtAsync(Begins);
            Assert.Equal((2, 6), world.Bounds("shop", "web"));
            Assert.Equal("Degraded", world.Condition("shop", "noon"));
        }

        await clock.StepAsync(Duration.FromSeconds(31));
        Assert.Equal((4, 6), world.Bounds("shop", "web"));
        Assert.Equal("Progressing", world.Condition("shop", "noon"));
    }

    [Fact]
    public async Task Nothing_is_asked_and_nothing_written_when_nothing_changes()
    {
        await using var world = await World.StartAsync(
            Manifests.Namespace("shop")
                + Manifests.Workload("shop", "web", 4)
                + Manifests.Hpa("shop", "api", 2, 6)
                + Manifests.Schedule("shop", "noon", "Deployment/web", Noon + "minReplicas: 8")
                + Manifests.Schedule("shop", "night", "HorizontalPodAutoscaler/api", Noon + "minReplicas: 8")
        );
        await using var clock = ClockProcess.Start(world);
        await clock.AtAsync(Begins);
        await clock.TurnAsync();
        world.Cluster.Requests.Clear();
        for (var i = 0; i < 50; i++)
            await clock.StepAsync(Duration.FromMinutes(1));
        Assert.Empty(world.Cluster.Requests.All);
    }

    private static void Edit(World world, int min) =>
        world.Cluster.Store.Patch(
            Manifests.Hpas,
            "shop",
            "web",
            JsonNode.Parse($"{{\"spec\":{{\"minReplicas\":{min}}}}}")!.AsObject()
        );

    private static Fault Answer(int code) => new Fault.ErrorStatus(code);
}
