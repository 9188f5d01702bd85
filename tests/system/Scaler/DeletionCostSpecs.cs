using System.Text.Json.Nodes;
using Ebb.Tests.Harness;
using static Ebb.Tests.Scaler.Manifests;
using static Ebb.Tests.Scaler.ReplicaSpecs;

namespace Ebb.Tests.Scaler;

/// <summary>
/// Before a count falls, pods on the node that is to be freed are marked to go first, where that is chosen.
/// </summary>
public sealed class DeletionCostSpecs
{
    private const string Cost = "controller.kubernetes.io/pod-deletion-cost";

    private const string Whole = """
        apiVersion: v1
        kind: Pod
        metadata: {name: whole, namespace: shop}
        spec: {containers: [{name: c, image: x, resources: {requests: {cpu: "8"}}}]}
        ---

        """;

    private static async Task<ScalerWorld> StartAsync(string choice, bool allowed = true)
    {
        var all = await ScalerWorld.StartAsync(
            Node("n1", "8")
                + Node("n2", "8")
                + Deployment("miner", 8)
                + Scaled("miner", $"follow: capacity, reserve: \"8\", growStep: \"100\", growPeriod: 1s{choice}"),
            options => options with { HpaPeriod = TimeSpan.FromSeconds(15) }
        );
        if (allowed)
            await all.World.Cluster.ApplyManifestAsync(
                (
                    await File.ReadAllTextAsync(
                        Path.Combine(Repository.Root, "deploy/examples/opportunistic/deletion-cost-role.yaml")
                    )
                ).Replace("namespace: harvest", "namespace: shop", StringComparison.Ordinal)
            );
        await ScalerWorld.UntilAsync(
            () => Pods(all).Count == 8 && Pods(all).TrueForAll(pod => (string?)pod["status"]!["phase"] == "Running"),
            "all run",
            () => $"{Pods(all).Count}"
        );
        return all;
    }

    private static List<JsonNode> Pods(ScalerWorld all) =>
        [.. all.World.Cluster.Store.List("pods", "shop", "app=miner").Select(pod => (JsonNode)pod)];

    private static List<string> Marked(ScalerWorld all) =>
        [
            .. Pods(all)
                .Where(pod => pod["metadata"]!["annotations"]?[Cost] is not null)
                .Select(pod => (string)pod["spec"]!["nodeName"]!),
        ];

    [LongFact]
    public async Task The_node_is_freed_that_the_pending_pod_needs_and_no_mark_is_left()
    {
        await using var all = await StartAsync(", deletionCost: \"true\"");
        await all.World.Cluster.ApplyManifestAsync(Whole);
        await ScalerWorld.UntilAsync(
            () => Marked(all).Count == 4,
            "four are marked",
            () => string.Join(',', Marked(all))
        );
        var node = Assert.Single(Marked(all).Distinct());
        await ShowsAsync(
            all,
            "it is told",
            shown => (string?)shown["capacity"]?["deletionCost"] == $"4 pods on {node} go first"
        );
        for (var i = 0; i < 60 && Pods(all).Count > 4; i++)
            await all.StepAsync(1);
        Assert.All(Pods(all), pod => Assert.NotEqual(node, (string)pod["spec"]!["nodeName"]!));
        await ScalerWorld.UntilAsync(
            () => (string?)all.World.Cluster.Store.Get("pods", "shop", "whole")!["spec"]!["nodeName"] == node,
            "the pod has its node"
        );
        Assert.Empty(Marked(all));
    }

    [LongFact]
    public async Task A_mark_is_taken_back_when_nobody_waits_any_more_and_another_s_cost_is_left_alone()
    {
        await using var all = await StartAsync(", deletionCost: \"true\"");
        var own = (string)Pods(all)[0]["metadata"]!["name"]!;
        all.World.Cluster.Store.Patch(
            "pods",
            "shop",
            own,
            new() { ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { [Cost] = "7" } } }
        );
        await all.World.Cluster.ApplyManifestAsync(Whole);
        await ScalerWorld.UntilAsync(() => Marked(all).Count >= 4, "some are marked");
        all.World.Cluster.Store.Delete("pods", "shop", "whole");
        await ScalerWorld.UntilAsync(() => Marked(all).Count == 1, "only the other's is left");
        Assert.Equal(
            "7",
            (string?)all.World.Cluster.Store.Get("pods", "shop", own)!["metadata"]!["annotations"]![Cost]
        );
    }

    [Theory]
    [InlineData("", true, null)]
    [InlineData(", deletionCost: \"true\"", false, "pods cannot be marked: ")]
    public async Task Who_does_not_choose_it_or_may_not_marks_none(string choice, bool allowed, string? told)
    {
        await using var all = await StartAsync(choice, allowed);
        await all.World.Cluster.ApplyManifestAsync(Whole);
        await ShowsAsync(
            all,
            "four are given back",
            shown =>
                (int?)shown["capacity"]?["givenBack"] == 4
                && (
                    told is null
                        ? shown["capacity"]!["deletionCost"] is null
                        : ((string?)shown["capacity"]!["deletionCost"])?.StartsWith(told, StringComparison.Ordinal)
                            == true
                )
        );
        Assert.Empty(Marked(all));
    }
}
