using System.Text.Json.Nodes;
using Ebb.Scaler.Triggers;
using Ebb.Simulation.World.Keda;
using static Ebb.Tests.Scaler.Manifests;

namespace Ebb.Tests.Scaler;

/// <summary>Trigger metadata: everything that is wrong is told at once, by its key.</summary>
public sealed class MetadataSpecs
{
    private static Dictionary<string, string> Pairs(string text) =>
        text.Split('|', StringSplitOptions.RemoveEmptyEntries)
            .ToDictionary(
                p => p[..p.IndexOf('=', StringComparison.Ordinal)],
                p => p[(p.IndexOf('=', StringComparison.Ordinal) + 1)..]
            );

    [Theory]
    [InlineData("folow=schedule", "folow")]
    [InlineData("follow=weather", "follow")]
    [InlineData("follow=capacity|resource=disk", "resource")]
    [InlineData("follow=capacity|perReplica=much", "perReplica")]
    [InlineData("follow=capacity|perReplica=0", "perReplica")]
    [InlineData("follow=capacity|perReplica=-1", "perReplica")]
    [InlineData("follow=capacity|reserve=200%", "reserve")]
    [InlineData("follow=capacity|reserve=some", "reserve")]
    [InlineData("follow=capacity|nodeSelector=gpu", "nodeSelector")]
    [InlineData("follow=capacity|growStep=0", "growStep")]
    [InlineData("follow=capacity|growStep=101%", "growStep")]
    [InlineData("follow=capacity|growPeriod=0s", "growPeriod")]
    [InlineData("follow=capacity|growPeriod=soon", "growPeriod")]
    [InlineData("follow=capacity|trustFor=-1s", "trustFor")]
    [InlineData("follow=capacity|trustFor=2d", "trustFor")]
    [InlineData("minReplicas=-1", "minReplicas")]
    [InlineData("maxReplicas=1.5", "maxReplicas")]
    [InlineData("minReplicas=5|maxReplicas=4", "minReplicas")]
    [InlineData("exact=yes", "exact")]
    [InlineData("start=08:00|desiredReplicas=2", "end")]
    [InlineData("end=08:00|desiredReplicas=2", "start")]
    [InlineData("start=08:00|end=18:00", "desiredReplicas")]
    [InlineData("start=08:00|end=08:00|desiredReplicas=2", "end")]
    [InlineData("start=8|end=18:00|desiredReplicas=2", "start")]
    [InlineData("start=08:00|end=25:00|desiredReplicas=2", "end")]
    [InlineData("start=24:00|end=08:00|desiredReplicas=2", "start")]
    [InlineData("start=08:00|end=18:00|desiredReplicas=-2", "desiredReplicas")]
    [InlineData("start=08:00|end=18:00|desiredReplicas=2|timezone=Berlin", "timezone")]
    [InlineData("start=08:00|end=18:00|desiredReplicas=2|days=Someday", "days")]
    [InlineData("days=Mon", "start,end,desiredReplicas")]
    [InlineData("follow=capacity|schedules=day", "schedules")]
    [InlineData("follow=schedule|reserve=10%", "reserve")]
    [InlineData(
        "follow=x|resource=y|perReplica=z|minReplicas=-1|exact=2|other=1",
        "other,follow,resource,perReplica,minReplicas,exact"
    )]
    public void What_is_wrong_is_named(string written, string keys)
    {
        var (metadata, faults) = TriggerMetadataReader.Read(Pairs(written));
        Assert.Null(metadata);
        Assert.Equal(
            keys.Split(',').Order(),
            faults.Select(fault => fault[..fault.IndexOf(':', StringComparison.Ordinal)]).Order()
        );
        Assert.All(faults, fault => Assert.Matches("^[a-zA-Z]+: expected .+, found .+$", fault));
    }

    [Theory]
    [InlineData("scalerAddress=x:9090", true, false)]
    [InlineData("follow=schedule", true, false)]
    [InlineData("follow=capacity|resource=nvidia.com/gpu|reserve=1", false, true)]
    [InlineData("follow=schedule, capacity|reserve=15%|nodeSelector=a=b,c=d", true, true)]
    [InlineData("reserve=30", false, true)]
    [InlineData("start=22:00|end=6:00|desiredReplicas=0|days=Mon-Fri|timezone=Europe/Berlin", true, false)]
    [InlineData("caCert=x|tlsClientCert=y|unsafeSsl=true|follow=schedule|schedules=a,b", true, false)]
    [InlineData("start=00:00|end=24:00|desiredReplicas=3", true, false)]
    [InlineData("start=03:00|end=03:00|desiredReplicas=3|days=Sat,Sun", true, false)]
    public void What_is_right_is_read(string written, bool schedule, bool capacity)
    {
        var (metadata, faults) = TriggerMetadataReader.Read(Pairs(written));
        Assert.Empty(faults);
        Assert.Equal((schedule, capacity), (metadata!.FollowsSchedule, metadata.Capacity is not null));
    }

    [Theory]
    [InlineData("", "Value", true)]
    [InlineData("", "AverageValue", false)]
    [InlineData("scalingModifiers: {formula: \"clock > 0 ? clock : 0\", target: \"1\"}", "Value", false)]
    public async Task A_metric_that_the_HPA_multiplies_by_its_replicas_is_refused_by_name(
        string advanced,
        string type,
        bool refused
    )
    {
        await using var all = await ScalerWorld.StartAsync(
            Node("node-1", "8")
                + Deployment("miner", 2)
                + Scaled(
                        "miner",
                        "follow: schedule, timezone: UTC, start: \"11:00\", end: \"13:00\", desiredReplicas: \"3\""
                    )
                    .Replace(
                        "- type: external\n",
                        $"- type: external\n    metricType: {type}\n",
                        StringComparison.Ordinal
                    )
                    .Replace(
                        "advanced:\n",
                        advanced.Length == 0 ? "advanced:\n" : $"advanced:\n    {advanced}\n",
                        StringComparison.Ordinal
                    )
        );
        await ReplicaSpecs.ShowsAsync(
            all,
            refused ? "it is refused" : "3 replicas",
            shown =>
                refused
                    ? (string?)shown["invalid"]
                        == "metricType: expected AverageValue, since the answer is the number of replicas, found Value"
                    : (int?)shown["replicas"] == 3
        );
        // Another trigger of the ScaledObject may be of any type.
        var own = all.World.Cluster.Store.Get("scaledobjects.keda.sh", "shop", "miner")!["spec"]!["triggers"]![0]!;
        var average = (JsonObject)own.DeepClone();
        average.Remove("metricType");
        all.World.Cluster.Store.Patch(
            "scaledobjects.keda.sh",
            "shop",
            "miner",
            new JsonObject
            {
                ["spec"] = new JsonObject
                {
                    ["triggers"] = new JsonArray(
                        average,
                        JsonNode.Parse(
                            """{"type": "cron", "metricType": "Value", "metadata": {"start": "0 8 * * *"}}"""
                        )
                    ),
                },
            }
        );
        await ReplicaSpecs.ShowsAsync(all, "3 replicas", shown => (int?)shown["replicas"] == 3);
    }

    [Fact]
    public async Task A_wrong_trigger_is_refused_with_all_its_keys_and_stands_in_one_event_not_one_each_poll()
    {
        await using var all = await ScalerWorld.StartAsync(
            Node("node-1", "8")
                + Deployment("bad", 3)
                + Scaled("bad", "folow: schedule, minReplicas: \"-1\"")
                + Deployment("lost", 2)
                + Scaled("lost", "schedules: \"nothing\"")
        );
        await all.StepAsync(15);
        await ScalerWorld.UntilAsync(() => Told(all).Count >= 2, "both are told");
        await all.StepAsync(15);
        var events = Told(all);
        Assert.Equal(["bad", "lost"], events.Select(e => (string)e["involvedObject"]!["name"]!).Order());
        Assert.Contains(
            "folow: expected",
            (string)events.Single(e => (string)e["involvedObject"]!["name"]! == "bad")["message"]!,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "minReplicas: expected",
            (string)events.Single(e => (string)e["involvedObject"]!["name"]! == "bad")["message"]!,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "schedules: expected",
            (string)events.Single(e => (string)e["involvedObject"]!["name"]! == "lost")["message"]!,
            StringComparison.Ordinal
        );
        // Failing is the safe way to say that one does not know: replicas stay.
        Assert.Equal((3, 2), (all.Replicas("shop", "bad"), all.Replicas("shop", "lost")));
        var question = new ScalerQuestion(
            "shop",
            "bad",
            0,
            "external",
            new Dictionary<string, string>
            {
                ["scalerAddress"] = $"127.0.0.1:{all.Port}",
                ["follow"] = "x",
                ["exact"] = "y",
            }
        );
        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            all.Keda.GetMetricSpec(question, default)
        );
        Assert.Contains("InvalidArgument", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("exact: expected", refusal.Message, StringComparison.Ordinal);
    }

    private static List<JsonObject> Told(ScalerWorld all) =>
        [.. all.World.Cluster.Store.List("events", "shop").Where(e => (string?)e["reason"] == "InvalidTrigger")];
}
