using System.Text.Json.Nodes;
using Ebb.Scaler.Answers;
using Ebb.Simulation;
using Ebb.Simulation.Faults;
using Ebb.Simulation.World.Keda;
using Ebb.Tests.Harness;
using Microsoft.Extensions.DependencyInjection;
using static Ebb.Tests.Scaler.Manifests;

namespace Ebb.Tests.Scaler;

/// <summary>What a ScaledObject follows, as the cluster shows it.</summary>
public sealed class FollowingSpecs
{
    private const string Push = "external-push";

    private static Task<ScalerWorld> StartAsync(
        string manifests,
        Func<SimulationOptions, SimulationOptions>? with = null,
        bool started = true
    ) =>
        ScalerWorld.StartAsync(
            Node("node-1", "64") + manifests,
            options => (with?.Invoke(options) ?? options) with { HpaPeriod = TimeSpan.FromSeconds(5) },
            started
        );

    [LongFact]
    public async Task Schedules_take_it_from_none_to_twelve_to_thirteen_to_none_on_time()
    {
        await using var all = await StartAsync(
            Deployment("queue", 0)
                + Schedule("day", "12:05", "12:10", 12)
                + Schedule("peak", "12:07", "12:10", 13, "kind: ScaledObject, name: queue")
                + Scaled("queue", "follow: schedule", Push)
        );
        // It is 12:01. A push wakes it in the second; KEDA's HPA follows within its period.
        await all.StepAsync(239);
        Assert.Equal(0, all.Replicas("shop", "queue"));
        await all.StepAsync(1);
        await ScalerWorld.UntilAsync(
            () => all.Replicas("shop", "queue") > 0,
            "it is awake in the second in which the window begins"
        );
        await all.StepAsync(10);
        Assert.Equal(12, all.Replicas("shop", "queue"));
        await all.StepAsync(115);
        // 12 to 13 is within the tolerance that the ScaledObject takes out.
        Assert.Equal(13, all.Replicas("shop", "queue"));
        await all.StepAsync(170);
        Assert.Equal(13, all.Replicas("shop", "queue"));
        await all.StepAsync(6);
        Assert.Equal(0, all.Replicas("shop", "queue"));
    }

    [LongFact]
    public async Task A_window_of_its_own_takes_it_from_none_to_twelve_and_back_at_the_polls()
    {
        await using var all = await ScalerWorld.StartAsync(
            Node("node-1", "32")
                + Deployment("queue", 0)
                + Scaled(
                    "queue",
                    "follow: schedule, timezone: UTC, start: \"12:05\", end: \"12:10\", desiredReplicas: \"12\""
                ),
            options => options with { HpaPeriod = TimeSpan.FromSeconds(5) }
        );
        await all.StepAsync(239);
        Assert.Equal(0, all.Replicas("shop", "queue"));
        await all.StepAsync(12);
        Assert.Equal(12, all.Replicas("shop", "queue"));
        await all.StepAsync(286);
        Assert.Equal(12, all.Replicas("shop", "queue"));
        await all.StepAsync(5);
        Assert.Equal(0, all.Replicas("shop", "queue"));
    }

    [Fact]
    public async Task Spare_capacity_fills_the_cluster_and_yields()
    {
        await using var all = await ScalerWorld.StartAsync(
            Node("node-1", "16")
                + Node("node-2", "16")
                + Deployment("web", 2, "4")
                + Deployment("miner", 0)
                + Scaled("miner", "follow: capacity, reserve: \"4\", growStep: \"100\", growPeriod: 1s"),
            options => options with { HpaPeriod = TimeSpan.FromSeconds(5) }
        );
        await all.StepAsync(30);
        Assert.Equal(20, all.Replicas("shop", "miner"));
        all.World.Cluster.Store.Patch(
            "deployments.apps",
            "shop",
            "web",
            new() { ["spec"] = new System.Text.Json.Nodes.JsonObject { ["replicas"] = 4 } }
        );
        await all.StepAsync(30);
        Assert.Equal(12, all.Replicas("shop", "miner"));
        Assert.All(
            all.World.Cluster.Store.List("pods", "shop", "app=web"),
            pod => Assert.Equal("Running", (string?)pod["status"]!["phase"])
        );
        var shown = await all.Http.GetStringAsync("/explain/shop/miner", TestContext.Current.CancellationToken);
        Assert.Contains("\"requestedByOthers\":\"16\"", shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_schedule_that_changes_is_followed_at_once()
    {
        await using var all = await StartAsync(
            Deployment("queue", 0) + Schedule("day", "11:00", "13:00", 3) + Scaled("queue", "follow: schedule", Push)
        );
        await all.StepAsync(10);
        Assert.Equal(3, all.Replicas("shop", "queue"));
        all.World.Cluster.Store.Patch(
            "schedules.autoscaling.d-kuro.github.io",
            "shop",
            "day",
            new JsonObject { ["spec"] = new JsonObject { ["minReplicas"] = 5 } }
        );
        await ScalerWorld.UntilAsync(
            () =>
                all
                    .Cluster.Schedules("shop")
                    .Any(schedule => schedule.Spec!.Value.GetProperty("minReplicas").GetInt32() == 5),
            "the change is seen"
        );
        await all.StepAsync(7);
        Assert.Equal(5, all.Replicas("shop", "queue"));
    }

    [LongFact]
    public async Task On_battery_capacity_is_none_a_person_wins_over_it_and_what_power_put_asleep_is_inactive()
    {
        await using var all = await StartAsync(
            Deployment("miner", 0)
                + Deployment("queue", 0)
                + Schedule("day", "11:00", "13:00", 4)
                + Scaled("miner", "follow: capacity, reserve: \"50%\", growStep: \"100\", growPeriod: 1s")
                + Scaled("queue", "follow: schedule")
        );
        for (var i = 0; i < 90 && (all.Replicas("shop", "miner"), all.Replicas("shop", "queue")) != (28, 4); i++)
            await all.StepAsync(1);
        Assert.Equal((28, 4), (all.Replicas("shop", "miner"), all.Replicas("shop", "queue")));
        KeepPower(all, """{"supplies":[{"ups":"rack","lastKnown":"battery","since":"2026-01-15T12:01:00Z"}]}""");
        await all.StepAsync(10);
        Assert.Equal((0, 4), (all.Replicas("shop", "miner"), all.Replicas("shop", "queue")));
        Override(all, "miner", 2, "2026-01-15T12:31:00Z");
        await all.StepAsync(10);
        Assert.Equal(2, all.Replicas("shop", "miner"));
        await all.World.Cluster.ApplyManifestAsync(
            """
            apiVersion: ups-scaler.io/v1alpha1
            kind: UpsScaler
            metadata: {name: queue, namespace: shop}
            spec: {type: deployment, namespace: shop, name: queue, shutdownPriority: 1, scaleUpPriority: 1}
            ---
            apiVersion: ebb.dev/v1alpha1
            kind: Baseline
            metadata: {name: shop.deployment.queue, namespace: ebb-system}
            spec: {target: {type: deployment, namespace: shop, name: queue}, replicas: 4}
            """
        );
        await all.StepAsync(10);
        Assert.Equal(0, all.Replicas("shop", "queue"));
        Assert.Contains(
            "power: asleep",
            await all.Http.GetStringAsync("/explain/shop/queue", TestContext.Current.CancellationToken),
            StringComparison.Ordinal
        );
    }

    [LongFact]
    public async Task What_nobody_has_renewed_for_two_minutes_is_no_power_to_grow_on()
    {
        await using var all = await ScalerWorld.StartAsync(
            Node("node-1", "16")
                + Deployment("web", 2, "4")
                + Deployment("miner", 0)
                + Scaled("miner", "follow: capacity, reserve: \"2\", growStep: \"100\", growPeriod: 1s, trustFor: 1h"),
            options => options with { HpaPeriod = TimeSpan.FromSeconds(5) }
        );
        KeepPower(all, """{"supplies":[{"ups":"rack","lastKnown":"on"}]}""");
        Renew(all);
        await all.StepAsync(60);
        Assert.Equal(6, all.Replicas("shop", "miner"));
        // The leader is gone for longer than anything else takes, and then something becomes free.
        await all.StepAsync(180);
        Web(0);
        await all.StepAsync(60);
        Assert.Equal(6, all.Replicas("shop", "miner"));
        var shown = await all.Http.GetStringAsync("/explain", TestContext.Current.CancellationToken);
        Assert.Contains(
            "power is not known: nobody has renewed the Lease ebb for 2 min",
            shown,
            StringComparison.Ordinal
        );
        Renew(all);
        await all.StepAsync(60);
        Assert.Equal(14, all.Replicas("shop", "miner"));

        void Web(int replicas) =>
            all.World.Cluster.Store.Patch(
                "deployments.apps",
                "shop",
                "web",
                new JsonObject { ["spec"] = new JsonObject { ["replicas"] = replicas } }
            );
    }

    [LongFact]
    public async Task A_replica_that_nobody_asks_knows_every_trigger_of_ours_and_none_of_others()
    {
        await using var all = await ScalerWorld.StartAsync(
            Node("node-1", "16")
                + Deployment("queue", 0)
                + Deployment("other", 0)
                + Deployment("secret", 0)
                + Scaled("queue", "timezone: UTC, start: \"12:00\", end: \"23:00\", desiredReplicas: \"3\"")
                    .Replace("SCALER", "127.0.0.1:1", StringComparison.Ordinal)
                + Scaled("other", "queueLength: \"5\"").Replace("SCALER", "127.0.0.1:1", StringComparison.Ordinal)
                + Scaled("secret", "timezone: UTC, start: \"12:00\", end: \"23:00\", desiredReplicasFromEnv: REPLICAS")
                    .Replace("SCALER", "127.0.0.1:1", StringComparison.Ordinal)
        );
        var triggers = all.App!.Services.GetRequiredService<TriggerRegistry>();
        await ScalerWorld.UntilAsync(() => Known() is ["queue"], "its trigger is known");
        all.World.Cluster.Store.Patch(
            "scaledobjects.keda.sh",
            "shop",
            "queue",
            new JsonObject
            {
                ["spec"] = new JsonObject
                {
                    ["triggers"] = new JsonArray(
                        new JsonObject
                        {
                            ["type"] = "external-push",
                            ["metadata"] = new JsonObject
                            {
                                ["scalerAddress"] = "127.0.0.1:1",
                                ["follow"] = "capacity",
                            },
                        }
                    ),
                },
            }
        );
        await ScalerWorld.UntilAsync(
            () => Present().Any(one => one.Trigger.Metadata.Capacity is not null),
            "its edited trigger is known"
        );

        IEnumerable<(Trigger Trigger, int Index)> Present() => triggers.Present;
        List<string> Known() => [.. Present().Select(one => one.Trigger.Name).Distinct()];
    }

    private static void Renew(ScalerWorld all) =>
        all.World.Cluster.Store.Apply(
            new JsonObject
            {
                ["apiVersion"] = "coordination.k8s.io/v1",
                ["kind"] = "Lease",
                ["metadata"] = new JsonObject { ["name"] = "ebb", ["namespace"] = "ebb-system" },
                ["spec"] = new JsonObject
                {
                    ["holderIdentity"] = "somebody",
                    ["leaseDurationSeconds"] = 15,
                    ["renewTime"] = $"{all.World.Clock.GetUtcNow():yyyy-MM-ddTHH:mm:ss.ffffff}Z",
                },
            }
        );

    private static void KeepPower(ScalerWorld all, string status) =>
        all.World.Cluster.Store.Apply(
            new JsonObject
            {
                ["apiVersion"] = "ebb.dev/v1alpha1",
                ["kind"] = "Power",
                ["metadata"] = new JsonObject { ["name"] = "cluster", ["namespace"] = "ebb-system" },
                ["status"] = JsonNode.Parse(status),
            }
        );

    private static void Override(ScalerWorld all, string name, int replicas, string until) =>
        all.World.Cluster.Store.Apply(
            new JsonObject
            {
                ["apiVersion"] = "ebb.dev/v1alpha1",
                ["kind"] = "Override",
                ["metadata"] = new JsonObject { ["name"] = $"deployment.{name}", ["namespace"] = "shop" },
                ["spec"] = new JsonObject
                {
                    ["target"] = new JsonObject { ["kind"] = "deployment", ["name"] = name },
                    ["replicas"] = replicas,
                    ["until"] = until,
                    ["reason"] = "a test run",
                },
            }
        );

    [Fact]
    public async Task Two_hundred_pushes_on_one_connection_leave_room_for_answers()
    {
        const int many = 200;
        await using var all = await StartAsync(
            Deployment("queue", 1)
                + Scaled(
                    "queue",
                    "follow: schedule, timezone: UTC, start: \"11:00\", end: \"13:00\", desiredReplicas: \"7\""
                )
        );
        var metadata = new Dictionary<string, string>
        {
            ["scalerAddress"] = $"127.0.0.1:{all.Port}",
            ["timezone"] = "UTC",
            ["start"] = "11:00",
            ["end"] = "13:00",
            ["desiredReplicas"] = "7",
        };
        var question = new ScalerQuestion("shop", "queue", 0, Push, metadata);
        using var stop = new CancellationTokenSource();
        var pushed = 0;
        var streams = Enumerable
            .Range(0, many)
            .Select(_ =>
                all.Keda.StreamIsActive(
                    question,
                    active =>
                    {
                        if (active)
                            Interlocked.Increment(ref pushed);
                    },
                    stop.Token
                )
            )
            .ToList();
        await ScalerWorld.UntilAsync(
            () => Volatile.Read(ref pushed) == many,
            "each stream began with the present state"
        );
        // Each has the deadline that KEDA gives it.
        for (var i = 0; i < 100; i++)
            Assert.Equal(7, await all.Keda.GetMetrics(question, "ebb-replicas", TestContext.Current.CancellationToken));
        await stop.CancelAsync();
        await Task.WhenAll(streams.Select(stream => stream.ContinueWith(_ => { }, TaskScheduler.Default)));
    }

    [Fact]
    public async Task Nothing_is_answered_before_all_pods_are_read_and_nothing_wrong_after()
    {
        await using var all = await StartAsync(
            Deployment("web", 3, "4")
                + Deployment("miner", 6)
                + Scaled("miner", "follow: capacity, growStep: \"100\", growPeriod: 1s"),
            started: false
        );
        using (
            all.World.Cluster.Faults.Add(
                request => request.Path.Contains("/pods", StringComparison.Ordinal),
                new Fault.ErrorStatus(503)
            )
        )
        {
            await all.StartScalerAsync(wait: false);
            await ScalerWorld.UntilAsync(() => all.Cluster.Synced, "all but pods is read");
            var question = new ScalerQuestion(
                "shop",
                "miner",
                0,
                "external",
                new Dictionary<string, string>
                {
                    ["scalerAddress"] = $"127.0.0.1:{all.Port}",
                    ["follow"] = "capacity",
                    ["growStep"] = "100",
                    ["growPeriod"] = "1s",
                }
            );
            foreach (
                var ask in new Func<Task>[]
                {
                    () => all.Keda.IsActive(question, default),
                    () => all.Keda.GetMetrics(question, "ebb-replicas", default),
                }
            )
                Assert.Contains(
                    "Unavailable",
                    (await Assert.ThrowsAsync<InvalidOperationException>(ask)).Message,
                    StringComparison.Ordinal
                );
            // What never changes is known from the first moment.
            Assert.Single(await all.Keda.GetMetricSpec(question, default));
            await all.StepAsync(10);
            Assert.Equal(6, all.Replicas("shop", "miner"));
            Assert.Equal(
                503,
                (int)(await all.Http.GetAsync("/readyz", TestContext.Current.CancellationToken)).StatusCode
            );
            Assert.Equal(
                200,
                (int)(await all.Http.GetAsync("/healthz", TestContext.Current.CancellationToken)).StatusCode
            );
        }

        await ScalerWorld.UntilAsync(() => all.Cluster.CapacitySynced, "pods are read");
        await all.StepAsync(20);
        Assert.Equal(52, all.Replicas("shop", "miner"));
    }

    [LongFact]
    public async Task Started_before_the_api_server_and_after_keda_it_answers_when_it_knows()
    {
        await using var all = await StartAsync(
            Deployment("queue", 4)
                + Scaled(
                    "queue",
                    "follow: schedule, timezone: UTC, start: \"11:00\", end: \"13:00\", desiredReplicas: \"7\""
                ),
            started: false
        );
        await all.StepAsync(5);
        Assert.Equal(4, all.Replicas("shop", "queue"));
        all.World.Cluster.Faults.CutOff = true;
        await all.StartScalerAsync(wait: false);
        await all.StepAsync(5);
        Assert.Equal(4, all.Replicas("shop", "queue"));
        all.World.Cluster.Faults.CutOff = false;
        await ScalerWorld.UntilAsync(() => all.Cluster.Synced && all.Cluster.CapacitySynced, "the cluster is read");
        await all.StepAsync(40);
        Assert.Equal(7, all.Replicas("shop", "queue"));
    }

    [LongTheory]
    [InlineData("full")]
    [InlineData("growing")]
    [InlineData("yielding")]
    [InlineData("none")]
    public async Task Without_the_api_server_for_a_quarter_of_an_hour_counts_hold_and_then_go_down_and_come_back(
        string phase
    )
    {
        await using var all = await StartAsync(
            Deployment("web", phase == "none" ? 16 : 0, "4")
                + Deployment("miner", 0)
                + Scaled(
                    "miner",
                    $"follow: capacity, growStep: \"{(phase == "growing" ? 4 : 100)}\", growPeriod: 10s, trustFor: 5min"
                )
        );
        await all.StepAsync(phase == "growing" ? 30 : 25);
        if (phase == "yielding")
        {
            all.World.Cluster.Store.Patch(
                "deployments.apps",
                "shop",
                "web",
                new JsonObject { ["spec"] = new JsonObject { ["replicas"] = 8 } }
            );
            await all.StepAsync(1);
        }

        // Off the wire for the scaler alone: the world itself goes on.
        all.World.Cluster.Faults.CutOff = true;
        await ScalerWorld.UntilAsync(() => all.Cluster.Contact.Reachable == false, "the scaler has noticed");
        Assert.Equal(503, (int)(await all.Http.GetAsync("/readyz", TestContext.Current.CancellationToken)).StatusCode);
        var question = all.Question("shop", "miner");
        async Task<double> Count() =>
            await all.Keda.IsActive(question, default)
                ? await all.Keda.GetMetrics(question, "ebb-replicas", default)
                : 0;
        var held = await Count();
        Assert.Equal(
            phase switch
            {
                "full" => 64,
                "none" => 0,
                _ => held,
            },
            held
        );
        await all.StepAsync(240);
        Assert.Equal(held, await Count());
        List<double> counts = [];
        for (var i = 0; i < 66; i++)
        {
            await all.StepAsync(10);
            counts.Add(await Count());
        }

        Assert.Equal(counts.OrderDescending(), counts);
        Assert.Equal(0, counts[^1]);
        all.World.Cluster.Faults.CutOff = false;
        await ScalerWorld.UntilAsync(
            () => all.Cluster.Contact.Reachable == true && all.Cluster.CapacityTroubles.Count == 0,
            "the server is back"
        );
        await all.StepAsync(phase == "growing" ? 180 : 30);
        Assert.Equal(
            phase switch
            {
                "yielding" => 32,
                "none" => 0,
                _ => 64,
            },
            all.Replicas("shop", "miner")
        );
    }
}
