using System.Text.Json.Nodes;
using Ebb.Engine.Capacity;
using NodaTime;
using static Ebb.Tests.Scaler.Manifests;

namespace Ebb.Tests.Scaler;

/// <summary>What a count is made of, node by node and pod by pod, at the scaler and at the engine.</summary>
public sealed class ExplainedNodesSpecs
{
    [Fact]
    public async Task Every_resource_of_a_node_why_it_does_not_count_and_where_pods_could_go_is_shown_at_both_places()
    {
        await using var all = await ScalerWorld.StartAsync(
            Node("node-1", "16", ", nvidia.com/gpu: \"4\"")
                + Node("node-2", "2")
                + Deployment("web", 1, "2", "nodeName: node-2,")
                + Deployment("waits", 1, "12", "schedulerName: none,")
                + Deployment("typo", 1, "900", "schedulerName: none,")
                + Deployment("miner", 0)
                + Scaled("miner", "follow: capacity, growStep: \"100\", growPeriod: 1s"),
            options => options with { HpaPeriod = TimeSpan.FromSeconds(5) }
        );
        await all.StepAsync(10);
        var stop = TestContext.Current.CancellationToken;
        byte[] page = [];
        JsonNode capacity = new JsonObject();
        await ScalerWorld.UntilAsync(
            () =>
            {
                page = all.Http.GetByteArrayAsync("/explain?follows=capacity&nodes=10", stop).GetAwaiter().GetResult();
                capacity = JsonNode.Parse(page)!["items"]![0]!["capacity"] ?? new JsonObject();
                return capacity["waiting"] is JsonArray { Count: 1 } && (int?)capacity["fits"] == 4;
            },
            "a pod waits that has a node"
        );
        var nodes = capacity["nodes"]!.AsArray();
        Assert.Equal(["node-1", "node-2"], nodes.Select(node => (string?)node!["name"]));
        Assert.Equal(
            ["cpu", "memory", "nvidia.com/gpu", "pods"],
            nodes[0]!["resources"]!.AsObject().Select(pair => pair.Key)
        );
        Assert.Equal(
            ("2", "2", "too little is left of cpu"),
            (
                (string?)nodes[1]!["resources"]!["cpu"]!["allocatable"],
                (string?)nodes[1]!["resources"]!["cpu"]!["requestedByOthers"],
                (string?)nodes[1]!["whyNot"]
            )
        );
        var waiting = capacity["waiting"]!.AsArray().Single(one => ((string)one!["pod"]!).Contains("waits"))!;
        Assert.Equal("[\"node-1\"]", waiting["nodes"]!.ToJsonString());
        Assert.Equal(
            (0, 0, 0),
            ((int?)waiting["moreNodes"], (int?)capacity["moreWaiting"], (int?)capacity["moreNotDemand"])
        );

        var history = new CapacityHistory();
        history.Add(ScalerExplanation.Read(page), "", Instant.FromUnixTimeSeconds(0));
        var follower = Assert.Single(history.Answer().Followers);
        Assert.Equal(
            new ResourceAnswer(256L << 30, 0),
            follower.Nodes.Single(node => node.Name == "node-1").Resources["memory"]
        );
        Assert.Equal("too little is left of cpu", follower.Nodes.Single(node => node.Name == "node-2").WhyNot);
        Assert.Equal(["node-1"], Assert.Single(follower.Waiting!).Nodes);
        Assert.Contains("not even on an empty one", Assert.Single(follower.NotDemand!).Why, StringComparison.Ordinal);
        Assert.Equal((0, 0), (follower.MoreWaiting, follower.MoreNotDemand));
    }

    // As a scaler from before says it.
    [Fact]
    public void What_the_scaler_does_not_say_is_not_known_and_not_none()
    {
        var history = new CapacityHistory();
        history.Add(
            ScalerExplanation.Read(
                """
                {"ready": true, "items": [{"namespace": "shop", "name": "miner", "replicas": 1, "capacity":
                 {"resource": "cpu", "unit": "cores", "allocatable": "4", "trusted": true, "waiting": [{"pod": "shop/a", "nodes": ["n1"]}],
                  "nodes": [{"name": "n1"}]}}]}
                """u8
            ),
            "",
            Instant.FromUnixTimeSeconds(0)
        );
        var follower = Assert.Single(history.Answer().Followers);
        Assert.Equal((null, null, null), (follower.MoreWaiting, follower.NotDemand, follower.MoreNotDemand));
        Assert.Null(Assert.Single(follower.Waiting!).MoreNodes);
        Assert.Null(Assert.Single(follower.Nodes).GivenBack);
        history.Add(null, "it does not answer", Instant.FromUnixTimeSeconds(10));
        Assert.Null(Assert.Single(history.Answer().Followers).Waiting);
    }
}
