using Ebb.Tests.Harness;
using NodaTime;

namespace Ebb.Tests.Schedules;

public class FirstThreadSpecs
{
    [Fact]
    public async Task A_Schedule_sizes_a_Deployment_in_its_window_and_gives_it_back()
    {
        await using var world = await World.StartAsync(
            Manifests.Namespace("shop")
                + Manifests.Workload("shop", "web", 2)
                + Manifests.Schedule(
                    "shop",
                    "noon",
                    "Deployment/web",
                    "type: Daily\nstartTime: \"13:00\"\nendTime: \"14:00\"\nminReplicas: 5"
                )
        );
        await using var clock = ClockProcess.Start(world);
        await clock.TurnAsync();
        Assert.Equal(2, world.Replicas("shop", "web"));
        Assert.Equal("Available", world.Condition("shop", "noon"));

        await clock.AtAsync(Instant.FromUtc(2026, 1, 15, 13, 0));
        Assert.Equal(5, world.Replicas("shop", "web"));
        Assert.Equal("Progressing", world.Condition("shop", "noon"));
        Assert.Equal(2, (int?)Assert.Single(world.Cluster.Store.List("baselines.ebb.dev"))["spec"]!["replicas"]);

        await clock.AtAsync(Instant.FromUtc(2026, 1, 15, 14, 0));
        Assert.Equal(2, world.Replicas("shop", "web"));
        Assert.Equal("Available", world.Condition("shop", "noon"));
        Assert.Empty(world.Cluster.Store.List("baselines.ebb.dev"));
    }

    [Fact]
    public async Task A_ServiceScaler_makes_its_HPA_and_moves_it_by_the_clock()
    {
        await using var world = await World.StartAsync(
            Manifests.Namespace("prod")
                + Manifests.Workload("prod", "dummy-acorn-service", 4)
                + """
                apiVersion: scaler.udaan.io/v1
                kind: ServiceScaler
                metadata: {name: dummy-acorn-service, namespace: prod}
                spec:
                  hpa: {maxReplicas: 8, minReplicas: 4, targetCPUUtilization: 50, targetMemoryUtilization: 75}
                  timeRangeSpec:
                  - {kind: ZonedTime, from: 16:00+05:30, to: 00:00+05:30, replicaSpec: {hpa: {minReplicas: 3, targetMemoryUtilization: 0}}}
                  - {kind: ZonedTime, from: 00:00+05:30, to: 08:00+05:30, replicaSpec: {hpa: {minReplicas: 2, targetMemoryUtilization: 0}}}
                """
        );
        await using var clock = ClockProcess.Start(world);
        await clock.TurnAsync();
        Assert.Equal((3, 8), world.Bounds("prod", "dummy-acorn-service"));
        Assert.Equal(
            (50, null),
            (
                world.Utilization("prod", "dummy-acorn-service", "cpu"),
                world.Utilization("prod", "dummy-acorn-service", "memory")
            )
        );

        await clock.AtAsync(Instant.FromUtc(2026, 1, 15, 18, 30));
        Assert.Equal((2, 8), world.Bounds("prod", "dummy-acorn-service"));
        await clock.AtAsync(Instant.FromUtc(2026, 1, 16, 2, 30));
        Assert.Equal((4, 8), world.Bounds("prod", "dummy-acorn-service"));
        Assert.Equal(75, world.Utilization("prod", "dummy-acorn-service", "memory"));

        world.Cluster.Requests.Clear();
        await clock.StepAsync(Duration.FromSeconds(30));
        Assert.Empty(world.Cluster.Requests.All);
    }
}
