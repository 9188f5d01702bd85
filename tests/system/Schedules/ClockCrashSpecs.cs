using System.Text.Json.Nodes;
using Ebb.Simulation.Faults;
using Ebb.Tests.Harness;
using Ebb.Tests.Survival;
using NodaTime;

namespace Ebb.Tests.Schedules;

/// <summary>
/// A day of windows on everything that the clock sizes, played once for each write that Ebb makes in it, and at that
/// write the process
/// dies: before the server has read it, or after the server did it and before the answer arrived. The next process
/// brings everything to
/// where it would have been.
/// </summary>
public sealed class ClockCrashSpecs
{
    private const string Noon = "type: Daily\nstartTime: \"13:00\"\nendTime: \"14:00\"\n";

    private static readonly Instant[] Rests =
    [
        Instant.FromUtc(2026, 1, 15, 12, 20),
        Instant.FromUtc(2026, 1, 15, 12, 55),
        Instant.FromUtc(2026, 1, 15, 13, 0),
        Instant.FromUtc(2026, 1, 15, 13, 30),
        Instant.FromUtc(2026, 1, 15, 14, 0),
        Instant.FromUtc(2026, 1, 15, 14, 30),
    ];

    private static readonly (string Resource, string Name)[] Sized =
    [
        ("deployments.apps", "plain"),
        ("deployments.apps", "nights"),
        ("deployments.apps", "parent"),
        ("deployments.apps", "scaled"),
        (Manifests.Hpas, "bounded"),
        (Manifests.Hpas, "parent"),
        (Manifests.Hpas, "service"),
        ("scaledobjects.keda.sh", "scaled"),
        ("scheduledpodautoscalers.autoscaling.d-kuro.github.io", "parent"),
        (Manifests.SchedulesResource, "on-plain"),
        (Manifests.SchedulesResource, "on-nights"),
        (Manifests.SchedulesResource, "on-bounded"),
        (Manifests.SchedulesResource, "on-parent"),
        (Manifests.SchedulesResource, "on-scaled"),
    ];

    private static readonly string World =
        Manifests.Namespace("shop")
        + Manifests.Workload("shop", "plain", 2)
        + Manifests.Schedule("shop", "on-plain", "Deployment/plain", Noon + "minReplicas: 5")
        + Manifests.Workload("shop", "nights", 3)
        + Manifests.Schedule("shop", "on-nights", "Deployment/nights", Noon + "maxReplicas: 0")
        + Manifests.Workload("shop", "bounded", 3)
        + Manifests.Hpa("shop", "bounded", 3, 6)
        + Manifests.Schedule(
            "shop",
            "on-bounded",
            "HorizontalPodAutoscaler/bounded",
            Noon + "minReplicas: 4\nmaxReplicas: 9"
        )
        + Manifests.Workload("shop", "parent", 4)
        + Manifests.Schedule("shop", "on-parent", "ScheduledPodAutoscaler/parent", Noon + "maxReplicas: 0")
        + Manifests.Workload("shop", "scaled", 2)
        + Manifests.Schedule("shop", "on-scaled", "ScaledObject/scaled", Noon + "maxReplicas: 0")
        + Manifests.Workload("shop", "service", 3)
        + """
            apiVersion: autoscaling.d-kuro.github.io/v1
            kind: ScheduledPodAutoscaler
            metadata: {name: parent, namespace: shop}
            spec:
              horizontalPodAutoscalerSpec:
                scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: parent}
                minReplicas: 3
                maxReplicas: 10
                metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 70}}}]
            ---
            apiVersion: keda.sh/v1alpha1
            kind: ScaledObject
            metadata: {name: scaled, namespace: shop, annotations: {autoscaling.keda.sh/paused-replicas: "2"} }
            spec:
              scaleTargetRef: {name: scaled}
              maxReplicaCount: 20
              triggers: [{type: cron, metadata: {timezone: UTC, start: "0 1 * * *", end: "0 2 * * *", desiredReplicas: "4"}}]
            ---
            apiVersion: scaler.udaan.io/v1
            kind: ServiceScaler
            metadata: {name: service, namespace: shop}
            spec:
              hpa: {minReplicas: 2, maxReplicas: 12, targetCPUUtilization: 50}
              timeRangeSpec: [{kind: ZonedTime, from: "13:00Z", to: "14:00Z", replicaSpec: {hpa: {minReplicas: 9}}}]
            """;

    [LongTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_crash_at_any_write_changes_nothing_of_the_day(bool afterItWasDone)
    {
        var (expected, writes) = await PlayAsync(null, false);
        Assert.InRange(writes, 30, 400);
        Assert.Contains("deployments.apps/nights replicas 0", expected[2], StringComparison.Ordinal);
        Assert.Equal(expected[0], expected[5]);
        await CrashRun.AtEachAsync(
            writes,
            27,
            3,
            async point =>
            {
                var (found, _) = await PlayAsync(point, afterItWasDone);
                return
                [
                    .. Rests
                        .Index()
                        .Where(rest => found[rest.Index] != expected[rest.Index])
                        .Select(rest =>
                            $"at {rest.Item} expected{Environment.NewLine}{expected[rest.Index]}found{Environment.NewLine}{found[rest.Index]}"
                        ),
                ];
            }
        );
    }

    /// <summary>
    /// How everything stands at each rest, and how many writes Ebb made; <paramref name="killAt"/> counts them from 1.
    /// </summary>
    private static async Task<(List<string> Pictures, int Writes)> PlayAsync(int? killAt, bool afterItWasDone)
    {
        await using var world = await Harness.World.StartAsync(World);
        var (sync, writes, dying, dead) = (new Lock(), 0, false, false);
        var clock = ClockProcess.Start(world);
        world.Cluster.Faults.BeforeRequest = request =>
        {
            if (!IsEbb(request))
                return;
            lock (sync)
            {
                if (dead)
                    throw new IOException("the process is gone");
                if (!request.IsWrite || ++writes != killAt)
                    return;
                dying = afterItWasDone;
                dead = !afterItWasDone;
                if (dead)
                    clock.Kill();
                if (dead)
                    throw new IOException("killed");
            }
        };
        world.Cluster.Faults.AfterApplied = request =>
        {
            if (!IsEbb(request) || !request.IsWrite)
                return;
            lock (sync)
            {
                if (!dying)
                    return;
                (dying, dead) = (false, true);
                clock.Kill();
                throw new IOException("killed before the answer");
            }
        };
        List<string> pictures = [];
        try
        {
            foreach (var rest in Rests)
            {
                try
                {
                    await clock.AtAsync(rest);
                }
                catch (OperationCanceledException) when (dead)
                { /* as it was meant */
                }
                if (dead)
                {
                    await clock.DisposeAsync();
                    lock (sync)
                        dead = false;
                    clock = ClockProcess.Start(world);
                    await clock.TurnAsync();
                }

                // What Ebb wrote moves others: KEDA, the HPA controller, the garbage collector.
                await clock.StepAsync(Duration.FromSeconds(5));
                pictures.Add(Picture(world));
            }
        }
        finally
        {
            world.Cluster.Faults.Clear();
            await clock.DisposeAsync();
        }

        return (pictures, writes);
    }

    private static bool IsEbb(LoggedRequest request) => request.UserAgent.StartsWith("ebb/", StringComparison.Ordinal);

    private static string Picture(World world)
    {
        var picture = new System.Text.StringBuilder();
        foreach (var (resource, name) in Sized)
        {
            var it = world.Cluster.Store.Get(resource, "shop", name);
            if (it is null)
                picture.Append(System.Globalization.CultureInfo.InvariantCulture, $"{resource}/{name} absent\n");
            else
                picture.Append(
                    System.Globalization.CultureInfo.InvariantCulture,
                    $"{resource}/{name} {string.Join(' ', Facts(it))}\n"
                );
        }

        foreach (var kept in world.Cluster.Store.List("baselines.ebb.dev"))
        {
            var spec = kept["spec"]!.DeepClone().AsObject();
            foreach (var other in (string[])["capturedAt", "target"])
                spec.Remove(other);
            picture.Append(
                System.Globalization.CultureInfo.InvariantCulture,
                $"{kept["metadata"]!["name"]} {spec.ToJsonString()} {kept["status"]?.ToJsonString()}\n"
            );
        }
        return picture.ToString();
    }

    private static IEnumerable<string> Facts(JsonObject it)
    {
        foreach (
            var field in (string[])["replicas", "minReplicas", "maxReplicas", "minReplicaCount", "maxReplicaCount"]
        )
            if (it["spec"]?[field] is { } value && (string?)it["kind"] != "Schedule")
                yield return $"{field} {value.ToJsonString()}";
        if (it["metadata"]!["annotations"]?["autoscaling.keda.sh/paused-replicas"] is { } paused)
            yield return $"paused {paused.ToJsonString()}";
        if (it["metadata"]!["finalizers"] is JsonArray { Count: > 0 } finalizers)
            yield return finalizers.ToJsonString();
        if (it["status"]?["condition"] is { } condition)
            yield return condition.ToJsonString();
    }
}
