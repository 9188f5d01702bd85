using System.Text.Json.Nodes;
using Ebb.Scaler.Answers;
using Ebb.Scaler.Triggers;
using Ebb.Simulation;
using Ebb.Simulation.World.Keda;
using Ebb.Tests.Harness;
using Microsoft.Extensions.DependencyInjection;
using static Ebb.Tests.Scaler.Manifests;

namespace Ebb.Tests.Scaler;

/// <summary>
/// ScaledObjects as people handle them: edited, deleted and made anew, with several triggers, by other names.
/// </summary>
public sealed class EditingSpecs
{
    private const string AllDay = "follow: schedule, timezone: UTC, start: \"11:00\", end: \"18:00\"";

    private static Task<ScalerWorld> StartAsync(
        string manifests,
        Func<SimulationOptions, SimulationOptions>? with = null
    ) =>
        ScalerWorld.StartAsync(
            Node("node-1", "64") + manifests,
            options => (with?.Invoke(options) ?? options) with { HpaPeriod = TimeSpan.FromSeconds(5) }
        );

    private static TriggerRegistry Triggers(ScalerWorld all) => all.App!.Services.GetRequiredService<TriggerRegistry>();

    /// <summary>
    /// On an older cluster, where the scaler sets the scale itself: nothing may still act on what the trigger said
    /// before.
    /// </summary>
    [LongFact]
    public async Task A_trigger_that_was_edited_is_the_only_one_that_is_acted_on_and_shown()
    {
        await using var all = await StartAsync(
            Deployment("queue", 0) + Scaled("queue", AllDay + ", desiredReplicas: \"20\""),
            options => options with { ConfigurableTolerance = false }
        );
        await all.StepAsync(40);
        Assert.Equal(20, all.Replicas("shop", "queue"));
        var metadata = (JsonObject)
            all.World.Cluster.Store.Get("scaledobjects.keda.sh", "shop", "queue")!["spec"]!["triggers"]![
                0
            ]!.DeepClone();
        metadata["metadata"]!["desiredReplicas"] = "21";
        all.World.Cluster.Store.Patch(
            "scaledobjects.keda.sh",
            "shop",
            "queue",
            new JsonObject { ["spec"] = new JsonObject { ["triggers"] = new JsonArray(metadata) } }
        );
        await all.StepAsync(10);
        await ScalerWorld.UntilAsync(() => all.Replicas("shop", "queue") == 21, "20 to 21, which the HPA ignores");
        for (var i = 0; i < 30; i++)
        {
            await all.StepAsync(1);
            Assert.Equal(21, all.Replicas("shop", "queue"));
        }

        Assert.Single(Triggers(all).Present);
        var page = await all.Http.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
        Assert.Single(page.Split('\n'), line => line.StartsWith("ebb_scaler_replicas{", StringComparison.Ordinal));
        Assert.Contains(
            "ebb_scaler_replicas{namespace=\"shop\",scaledobject=\"queue\",trigger=\"0\"} 21",
            page,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Two_triggers_of_one_scaled_object_are_two_metrics_of_which_the_larger_counts()
    {
        var second =
            "\n  - type: external\n    metadata: {scalerAddress: \"SCALER\", "
            + AllDay
            + ", desiredReplicas: \"7\"}\n---\n";
        await using var all = await StartAsync(
            Deployment("queue", 0)
                + Scaled("queue", AllDay + ", desiredReplicas: \"4\"")
                    .Replace("\n---\n", second, StringComparison.Ordinal)
        );
        await all.StepAsync(20);
        Assert.Equal(7, all.Replicas("shop", "queue"));
        var metrics = all.World.Cluster.Store.Get("horizontalpodautoscalers.autoscaling", "shop", "keda-hpa-queue")![
            "spec"
        ]!["metrics"]!.AsArray();
        Assert.Equal(
            ["s0-ebb-replicas", "s1-ebb-replicas"],
            metrics.Select(metric => (string)metric!["external"]!["metric"]!["name"]!)
        );
        var page = await all.Http.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
        Assert.Equal(
            ["trigger=\"0\"} 4", "trigger=\"1\"} 7"],
            page.Split('\n')
                .Where(line => line.StartsWith("ebb_scaler_replicas{", StringComparison.Ordinal))
                .Select(line => line[line.IndexOf("trigger", StringComparison.Ordinal)..])
        );
    }

    [LongFact]
    public async Task A_trigger_that_was_edited_beside_another_one_is_not_shown_twice()
    {
        var second =
            "\n  - type: external\n    metadata: {scalerAddress: \"SCALER\", "
            + AllDay
            + ", desiredReplicas: \"7\"}\n---\n";
        await using var all = await StartAsync(
            Deployment("queue", 0)
                + Scaled("queue", AllDay + ", desiredReplicas: \"4\"")
                    .Replace("\n---\n", second, StringComparison.Ordinal)
        );
        await all.StepAsync(20);
        // The first one goes; the ScaledObject has one less, and then two again of which one is new.
        var triggers = all.World.Cluster.Store.Get("scaledobjects.keda.sh", "shop", "queue")!["spec"]![
            "triggers"
        ]!.AsArray();
        var edited = triggers[0]!.DeepClone();
        edited["metadata"]!["desiredReplicas"] = "5";
        all.World.Cluster.Store.Patch(
            "scaledobjects.keda.sh",
            "shop",
            "queue",
            new JsonObject
            {
                ["spec"] = new JsonObject
                {
                    ["triggers"] = new JsonArray(
                        edited,
                        triggers[1]!.DeepClone(),
                        new JsonObject
                        {
                            ["type"] = "cpu",
                            ["metadata"] = new JsonObject { ["value"] = "60" },
                        }
                    ),
                },
            }
        );
        await all.StepAsync(70);
        Assert.Equal(
            [5, 7],
            Triggers(all)
                .Present.Select(one =>
                    (
                        (Answer.Size)one.Trigger.At(NodaTime.Instant.FromDateTimeOffset(all.World.Clock.GetUtcNow()))
                    ).Replicas
                )
                .Order()
        );
    }

    [LongFact]
    public async Task A_scaled_object_and_its_workload_made_anew_begin_anew()
    {
        var scaled = Scaled("miner", "follow: capacity, growStep: \"5\", growPeriod: 1min");
        await using var all = await StartAsync(Deployment("miner", 40) + scaled);
        await all.StepAsync(20);
        Assert.InRange(all.Replicas("shop", "miner"), 40, 50);
        var store = all.World.Cluster.Store;
        store.Delete("scaledobjects.keda.sh", "shop", "miner");
        store.Delete("deployments.apps", "shop", "miner");
        await all.StepAsync(10);
        await ScalerWorld.UntilAsync(
            () => all.Cluster.ScaledObject("shop", "miner").It is null,
            "it is seen to be gone"
        );
        await all.World.Cluster.ApplyManifestAsync(
            (Deployment("miner", 0) + scaled).Replace("SCALER", $"127.0.0.1:{all.Port}", StringComparison.Ordinal)
        );
        await ScalerWorld.UntilAsync(
            () => all.Cluster.ScaledObject("shop", "miner").It is not null,
            "it is seen to be there"
        );
        await all.StepAsync(20);
        // At once to what the old one had would be a jump of 40; from 0 it grows by 5 a minute.
        Assert.InRange(all.Replicas("shop", "miner"), 0, 5);
    }

    [Fact]
    public async Task What_it_does_not_know_such_as_a_scaled_job_gets_unavailable_and_says_so()
    {
        await using var all = await StartAsync("");
        var question = new ScalerQuestion(
            "shop",
            "nightly",
            0,
            "external",
            new Dictionary<string, string> { ["scalerAddress"] = $"127.0.0.1:{all.Port}", ["follow"] = "schedule" }
        );
        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => all.Keda.IsActive(question, default));
        Assert.Contains("Unavailable", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("ScaledJob", refusal.Message, StringComparison.Ordinal);
        // What an HPA is made of is known all the same.
        Assert.Equal(
            new ScalerMetric("ebb-replicas", 1),
            Assert.Single(await all.Keda.GetMetricSpec(question, default))
        );
    }

    [Fact]
    public async Task Names_that_none_can_be_are_refused_and_stand_nowhere()
    {
        await using var all = await StartAsync("");
        foreach (
            var (ns, name) in new[]
            {
                ("shop", "a\"} 1\nother{x=\""),
                ("Shop", "queue"),
                ("", "queue"),
                ("shop", ""),
                ("shop", new string('a', 254)),
                ("shop", "-a"),
            }
        )
        {
            var question = new ScalerQuestion(
                ns,
                name,
                0,
                "external",
                new Dictionary<string, string> { ["scalerAddress"] = $"127.0.0.1:{all.Port}", ["follow"] = "schedule" }
            );
            Assert.Contains(
                "InvalidArgument",
                (
                    await Assert.ThrowsAsync<InvalidOperationException>(() => all.Keda.IsActive(question, default))
                ).Message,
                StringComparison.Ordinal
            );
        }

        Assert.DoesNotContain(
            "other{",
            await all.Http.GetStringAsync("/metrics", TestContext.Current.CancellationToken),
            StringComparison.Ordinal
        );
    }

    /// <summary>KEDA hands over the value from the environment under the key as it was written.</summary>
    [Fact]
    public void A_key_may_come_from_the_environment_of_the_target()
    {
        var (metadata, faults) = TriggerMetadataReader.Read(
            new Dictionary<string, string>
            {
                ["scalerAddress"] = "x:1",
                ["timezone"] = "UTC",
                ["start"] = "08:00",
                ["end"] = "18:00",
                ["desiredReplicasFromEnv"] = "12",
            }
        );
        Assert.Empty(faults);
        Assert.Equal(12, metadata!.Window!.Replicas);
        (metadata, faults) = TriggerMetadataReader.Read(
            new Dictionary<string, string> { ["minReplicas"] = "1", ["minReplicasFromEnv"] = "2" }
        );
        Assert.Null(metadata);
        Assert.StartsWith("minReplicas: expected", Assert.Single(faults), StringComparison.Ordinal);
        Assert.StartsWith(
            "path: expected",
            Assert.Single(TriggerMetadataReader.Read(new Dictionary<string, string> { ["pathFromEnv"] = "2" }).Faults),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("cpu", "500m", 500)]
    [InlineData("cpu", "2", 2000)]
    [InlineData("cpu", "0.1", 100)]
    [InlineData("cpu", "1e3", 1_000_000)]
    [InlineData("cpu", "1E3", 1_000_000)]
    [InlineData("memory", "1Gi", 1L << 30)]
    [InlineData("memory", "1.5Gi", 3L << 29)]
    [InlineData("memory", "1e9", 1_000_000_000)]
    [InlineData("memory", "512M", 512_000_000)]
    [InlineData("nvidia.com/gpu", "2", 2)]
    public void Quantities_are_read_as_kubernetes_does(string resource, string written, long units)
    {
        var (metadata, faults) = TriggerMetadataReader.Read(
            new Dictionary<string, string>
            {
                ["follow"] = "capacity",
                ["resource"] = resource,
                ["perReplica"] = written,
                ["reserve"] = written,
            }
        );
        Assert.Empty(faults);
        Assert.Equal((units, units), (metadata!.Capacity!.PerReplica, metadata.Capacity.Reserve.Units));
    }
}
