using System.Text.Json.Nodes;
using Ebb.Simulation.Faults;
using Ebb.Tests.Harness;
using Ebb.Tests.Schedules;
using NodaTime;

namespace Ebb.Tests.Survival;

/// <summary>
/// Somebody scales a workload after Ebb has read it and before Ebb's first write comes: what is given back is what that
/// person asked, not what stood there before.
/// </summary>
public sealed class FasterSpecs
{
    private const string Deployments = "deployments.apps";

    /// <param name="refusals">How often the server fails to delete the Baseline that was overtaken.</param>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(6)]
    public async Task Than_power(int refusals)
    {
        await using var world = await World.StartAsync(
            Manifests.Namespace("shop")
                + Manifests.Workload("shop", "web", 3)
                + """
                ---
                apiVersion: ups-scaler.io/v1alpha1
                kind: UpsScaler
                metadata: {name: web, namespace: shop}
                spec: {type: deployment, name: web, shutdownPriority: 1, scaleUpPriority: 1}
                ---

                """
        );
        await using var ebb = EbbProcess.Start(
            world,
            new Dictionary<string, string?> { ["Power__OnBatteryFor"] = "2s", ["Power__MainsFor"] = "3s" }
        );
        world.Ups.StatusOverride = "OL";
        await UntilAsync(world, ebb, () => ebb.View.Plan.Phase == Core.Waves.Phase.Normal);
        using var faster = new Faster(world);
        RefuseDeletes(world, refusals);
        world.Ups.StatusOverride = "OB";
        await UntilAsync(world, ebb, () => world.Replicas("shop", "web") == 0);
        Assert.Equal(5, (int?)Assert.Single(world.Cluster.Store.List("baselines.ebb.dev"))["spec"]!["replicas"]);
        world.Ups.StatusOverride = "OL CHRG";
        await UntilAsync(world, ebb, () => world.Cluster.Store.List("baselines.ebb.dev").Count == 0);
        Assert.Equal(5, world.Replicas("shop", "web"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(6)]
    public async Task Than_a_schedule(int refusals)
    {
        await using var world = await World.StartAsync(
            Manifests.Namespace("shop")
                + Manifests.Workload("shop", "web", 3)
                + Manifests.Schedule(
                    "shop",
                    "noon",
                    "Deployment/web",
                    "type: Daily\nstartTime: \"13:00\"\nendTime: \"14:00\"\nmaxReplicas: 0"
                )
        );
        await using var clock = ClockProcess.Start(world);
        await clock.TurnAsync();
        RefuseDeletes(world, refusals);
        using (new Faster(world))
        {
            await clock.AtAsync(Instant.FromUtc(2026, 1, 15, 13, 0));
            for (var i = 0; i < 90 && world.Replicas("shop", "web") != 0; i++)
                await clock.StepAsync(Duration.FromSeconds(20));
        }
        Assert.Equal(0, world.Replicas("shop", "web"));
        await clock.AtAsync(Instant.FromUtc(2026, 1, 15, 14, 0));
        Assert.Equal(5, world.Replicas("shop", "web"));
        Assert.Empty(world.Cluster.Store.List("baselines.ebb.dev"));
    }

    /// <summary>
    /// A try that was done although its answer was lost is nobody else: what was captured before it stays.
    /// </summary>
    [Theory]
    [InlineData("/scaledobjects/web")]
    [InlineData("/deployments/web/scale")]
    public async Task A_lost_answer_is_nobody(string path)
    {
        await using var world = await World.StartAsync(
            Manifests.Namespace("shop")
                + Manifests.Workload("shop", "web", 3)
                + """
                ---
                apiVersion: keda.sh/v1alpha1
                kind: ScaledObject
                metadata: {name: web, namespace: shop}
                spec: {scaleTargetRef: {name: web}, minReplicaCount: 1, maxReplicaCount: 9, triggers: [{type: cpu, metadata: {value: "50"}}]}
                ---
                apiVersion: ups-scaler.io/v1alpha1
                kind: UpsScaler
                metadata: {name: web, namespace: shop}
                spec: {type: scaledobject, name: web, shutdownPriority: 1, scaleUpPriority: 1}
                ---

                """
        );
        await using var ebb = EbbProcess.Start(
            world,
            new Dictionary<string, string?> { ["Power__OnBatteryFor"] = "2s", ["Power__MainsFor"] = "3s" }
        );
        world.Ups.StatusOverride = "OL";
        await UntilAsync(world, ebb, () => ebb.View.Plan.Phase == Core.Waves.Phase.Normal);
        var before = world.Replicas("shop", "web");
        world.Cluster.Faults.Add(
            request =>
                request.IsWrite
                && request.Path.EndsWith(path, StringComparison.Ordinal)
                && request.UserAgent.StartsWith("ebb/", StringComparison.Ordinal),
            new Fault.ResetInAnswer(),
            1
        );
        world.Ups.StatusOverride = "OB";
        await UntilAsync(world, ebb, () => ebb.View.Plan.Phase == Core.Waves.Phase.Asleep);
        Assert.Equal(before, (int?)Assert.Single(world.Cluster.Store.List("baselines.ebb.dev"))["spec"]!["replicas"]);
        world.Ups.StatusOverride = "OL CHRG";
        await UntilAsync(world, ebb, () => world.Cluster.Store.List("baselines.ebb.dev").Count == 0);
        Assert.Equal(before, world.Replicas("shop", "web"));
        Assert.Null(
            world.Cluster.Store.Get("scaledobjects.keda.sh", "shop", "web")!["metadata"]!["annotations"]?[
                "autoscaling.keda.sh/paused-replicas"
            ]
        );
    }

    private static void RefuseDeletes(World world, int times)
    {
        if (times > 0)
            world.Cluster.Faults.Add(
                request => request.Method == "DELETE" && request.Path.Contains("/baselines/", StringComparison.Ordinal),
                new Fault.ErrorStatus(403, null, "admission webhook is being changed"),
                times
            );
    }

    private static async Task UntilAsync(World world, EbbProcess ebb, Func<bool> holds)
    {
        for (var i = 0; i < 600; i++)
        {
            world.Clock.Advance(TimeSpan.FromSeconds(1));
            await ebb.StepAsync();
            if (holds())
                return;
        }
        Assert.Fail(ebb.View.Plan.Reason);
    }

    /// <summary>Scales to 5 just before Ebb's first write to the workload is looked at.</summary>
    private sealed class Faster : IDisposable
    {
        private readonly World _world;
        private int _done;

        public Faster(World world)
        {
            _world = world;
            world.Cluster.Faults.BeforeRequest = request =>
            {
                if (
                    request.IsWrite
                    && request.Path.Contains("/deployments/web", StringComparison.Ordinal)
                    && request.UserAgent.StartsWith("ebb/", StringComparison.Ordinal)
                    && Interlocked.Exchange(ref _done, 1) == 0
                )
                    world.Cluster.Store.Patch(
                        Deployments,
                        "shop",
                        "web",
                        new JsonObject { ["spec"] = new JsonObject { ["replicas"] = 5 } }
                    );
            };
        }

        public void Dispose() => _world.Cluster.Faults.BeforeRequest = null;
    }
}
