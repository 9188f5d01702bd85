using Ebb.Engine.Schedules;
using Ebb.Tests.Harness;
using NodaTime;

namespace Ebb.Tests.Schedules;

/// <summary>
/// The originals' own examples over a simulated week, minute by minute, each against what its document says.
/// </summary>
public class WeekSpecs
{
    private static readonly Instant Monday = Instant.FromUtc(2026, 1, 19, 0, 0);

    [LongFact]
    public async Task Service_scaler()
    {
        await using var world = await World.StartAsync(
            Manifests.Namespace("dev") + Example("service-scaler-dummy-bee-service.yaml")
        );
        var india = DateTimeZoneProviders.Tzdb["Asia/Kolkata"];
        await FollowAsync(
            world,
            "dev",
            "dummy-bee-service",
            at =>
            {
                var local = at.InZone(india).TimeOfDay;
                var expected =
                    local.Hour < 8 ? 1
                    : local.Hour < 18 ? 3
                    : 2;
                // Gradual steps of the last half hour: 1 to 3 in six periods of five minutes, whole replicas only; 3 to
                // 2 and 2 to 1 have no half way.
                if (local.Hour == 7 && local.Minute >= 55)
                    expected = 2;
                return ((expected, 25), (80, local.Hour is >= 8 and < 18 ? 80 : null));
            }
        );
    }

    [LongFact]
    public async Task Scheduled_pod_autoscaler()
    {
        await using var world = await World.StartAsync(
            Manifests.Namespace("default")
                + Manifests.Workload("default", "nginx", 3)
                + Example("scheduled-pod-autoscaler-nginx.yaml")
                + "---\n"
                + Example("schedule-weekly.yaml")
        );
        var tokyo = DateTimeZoneProviders.Tzdb["Asia/Tokyo"];
        await FollowAsync(
            world,
            "default",
            "nginx",
            at =>
            {
                var local = at.InZone(tokyo);
                var on =
                    local.DayOfWeek is IsoDayOfWeek.Monday or IsoDayOfWeek.Tuesday or IsoDayOfWeek.Wednesday
                    && local.TimeOfDay >= new LocalTime(11, 50)
                    && local.TimeOfDay < new LocalTime(13, 0);
                return (on ? (10, 20) : (3, 10), (70, null));
            }
        );
        Assert.Equal(
            "Available",
            (string?)
                world.Status("scheduledpodautoscalers.autoscaling.d-kuro.github.io", "default", "nginx")!["condition"]
        );
    }

    [LongFact]
    public async Task Hpa_time_scaler()
    {
        await using var world = await World.StartAsync(
            Manifests.Namespace("production-namespace")
                + Manifests.Workload("production-namespace", "super-cool-websocket-app-deployment", 2)
                + Example("hpa-time-scaler.yaml")
        );
        var melbourne = DateTimeZoneProviders.Tzdb["Australia/Melbourne"];
        // Events live for an hour, so they are collected as they come.
        Dictionary<string, string> events = [];
        await FollowAsync(
            world,
            "production-namespace",
            "super-cool-websocket-app-hpa",
            at =>
            {
                var local = at.InZone(melbourne);
                var up =
                    local.DayOfWeek is not (IsoDayOfWeek.Saturday or IsoDayOfWeek.Sunday)
                    && local.TimeOfDay >= new LocalTime(8, 0)
                    && local.TimeOfDay < new LocalTime(13, 30);
                return ((up ? 5 : 2, 10), (null, null));
            },
            () =>
            {
                foreach (
                    var e in world
                        .Cluster.Store.List("events", "production-namespace")
                        .Where(e => (string?)e["reason"] == "HPATimeScaleEvent")
                )
                    events[(string)e["metadata"]!["name"]!] =
                        $"{e["action"]} {e["type"]} {e["reportingComponent"]}: {e["message"]}";
            }
        );
        // Five days up and down again, each with an Event of its own name.
        Assert.Equal(
            5,
            events.Values.Count(e => e == "Scaled Normal hpa-time-scaler: hpa-time-scaler set minReplicas to 5")
        );
        Assert.Equal(
            5,
            events.Values.Count(e => e == "Scaled Normal hpa-time-scaler: hpa-time-scaler set minReplicas to 2")
        );
    }

    /// <summary>
    /// Every minute of the week the HPA is what is expected, the API says the same, and nothing is written in a minute
    /// in which nothing changes.
    /// </summary>
    private static async Task FollowAsync(
        World world,
        string place,
        string name,
        Func<Instant, ((int, int) Bounds, (int? Cpu, int? Memory) Metrics)> expected,
        Action? changed = null
    )
    {
        await using var clock = ClockProcess.Start(world);
        await clock.AtAsync(Monday);
        var before = expected(Monday);
        for (var minute = 0; minute < 7 * 1440; minute++)
        {
            var at = Monday + Duration.FromMinutes(minute);
            world.Cluster.Requests.Clear();
            await clock.AtAsync(at);
            var now = expected(at);
            Assert.True(
                now.Bounds == world.Bounds(place, name),
                $"{at}: expected {now.Bounds}, found {world.Bounds(place, name)}"
            );
            Assert.True(
                now.Metrics == (world.Utilization(place, name, "cpu"), world.Utilization(place, name, "memory")),
                $"{at}: expected {now.Metrics}"
            );
            if (now == before && minute > 0)
                Assert.True(world.Writes().Count == 0, $"{at}: {string.Join(", ", world.Writes())}");
            if (now != before)
                changed?.Invoke();
            before = now;
        }

        var entry = clock.Path.View!.Entries.Single(e => e.Namespace == place);
        var (item, _) = ScheduleReadings.Item(
            entry,
            clock.Cluster,
            new ScheduleStretch(Monday, Monday + Duration.FromDays(7), false),
            new ScheduleSavings(clock.Cluster, SleepingTargets.None)
        );
        Assert.Equal((Monday, Monday + Duration.FromDays(7)), (item.Intervals[0].From, item.Intervals[^1].To));
        foreach (var (one, other) in item.Intervals.Zip(item.Intervals.Skip(1)))
        {
            Assert.Equal(one.To, other.From);
            Assert.NotEqual(
                (one.Min, one.Max, one.Cpu, one.Memory, one.Cause),
                (other.Min, other.Max, other.Cpu, other.Memory, other.Cause)
            );
        }

        foreach (var interval in item.Intervals)
        {
            for (var at = interval.From; at < interval.To; at += Duration.FromMinutes(1))
            {
                Assert.Equal(expected(at).Bounds.Item1, interval.Min);
                if (interval.Max is { } max)
                    Assert.Equal(expected(at).Bounds.Item2, max);
            }
        }
    }

    private static string Example(string name) =>
        File.ReadAllText(System.IO.Path.Combine(Repository.Root, "deploy/examples/schedules", name));
}
