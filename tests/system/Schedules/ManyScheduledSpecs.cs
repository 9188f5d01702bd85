using Ebb.Simulation.Faults;
using Ebb.Tests.Harness;
using NodaTime;

namespace Ebb.Tests.Schedules;

/// <summary>Many workloads under one Schedule, through a window: 400, or 2,000 under EBB_LONG=1.</summary>
public sealed class ManyScheduledSpecs
{
    private static readonly int Many = Length.IsLong ? 2000 : 400;

    /// <summary>How many it means, that it works on them, that it is done: not once for each workload.</summary>
    private const int MostStatuses = 10;

    private static readonly Instant Begins = Instant.FromUtc(2026, 1, 15, 13, 0);
    private static readonly Instant Ends = Instant.FromUtc(2026, 1, 15, 14, 0);

    [LongFact]
    public async Task Each_is_written_once_each_way_and_the_status_of_their_Schedule_a_few_times()
    {
        await using var world = await World.StartAsync(
            Manifests.Namespace("shop")
                + string.Concat(Enumerable.Range(0, Many).Select(i => Manifests.Workload("shop", $"w{i}", 1)))
                + """
                apiVersion: autoscaling.d-kuro.github.io/v1
                kind: Schedule
                metadata: {name: night, namespace: shop}
                spec:
                  scaleTargetRef: {kind: Deployment, selector: {}}
                  type: Daily
                  startTime: "13:00"
                  endTime: "14:00"
                  maxReplicas: 0
                """
        );
        await using var clock = ClockProcess.Start(world);
        await clock.TurnAsync();
        Assert.Equal(Many, (int?)world.Status(Manifests.SchedulesResource, "shop", "night")!["selected"]);
        Assert.Equal(10, world.Status(Manifests.SchedulesResource, "shop", "night")!["workloads"]!.AsArray().Count);

        world.Cluster.Requests.Clear();
        await clock.AtAsync(Begins);
        await UntilAsync(() => Sized(0) == Many);
        WrittenOnce.Check(world.Cluster.Requests, Many, Many, 0);
        Assert.InRange(Statuses(), 1, MostStatuses);

        world.Cluster.Requests.Clear();
        await clock.StepAsync(Duration.FromMinutes(1));
        Assert.Empty(world.Writes());

        await clock.AtAsync(Ends);
        await UntilAsync(() => Sized(1) == Many && world.Cluster.Store.Count("baselines.ebb.dev") == 0);
        WrittenOnce.Check(world.Cluster.Requests, Many, 0, Many);
        Assert.InRange(Statuses(), 1, MostStatuses);

        int Sized(int replicas) =>
            world.Cluster.Store.List("deployments.apps").Count(d => (int?)d["spec"]!["replicas"] == replicas);

        int Count(Func<LoggedRequest, bool> wanted) => world.Cluster.Requests.CountOf(wanted);

        int Statuses() => Count(r => r.IsWrite && r.Path.Contains("/schedules/", StringComparison.Ordinal));

        async Task UntilAsync(Func<bool> condition)
        {
            for (var i = 0; !condition(); i++)
            {
                Assert.True(i < 20, $"{Sized(0)} sleep");
                await clock.StepAsync(Duration.FromSeconds(10));
            }
        }
    }
}
