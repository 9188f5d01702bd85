using System.Text.Json.Nodes;
using Ebb.Core.Outages;
using Ebb.Core.Waves;
using Ebb.Engine.Http;
using Ebb.Tests.Harness;
using Ebb.Tests.Schedules;

namespace Ebb.Tests.Sleeping;

/// <summary>Nodes in the last wave: cordoned, and uncordoned where Ebb had cordoned them.</summary>
public sealed class NodeSpecs
{
    private const string Nodes = "nodes";

    private static readonly Dictionary<string, string?> Hurried = new()
    {
        ["Power__OnBatteryFor"] = "2s",
        ["Power__MainsFor"] = "3s",
        ["Power__WaveTimeout"] = "60s",
    };

    private static string Roles =>
        File.ReadAllText(Path.Combine(Repository.Root, "deploy/components/nodes/node-roles.yaml"));

    /// <summary>Ebb runs on node-1, node-3 is cordoned already, and db is no business of Ebb's.</summary>
    private static string Shop =>
        Manifests.Namespace("shop")
        + Node("node-1")
        + Node("node-2")
        + Node("node-3", "spec: {unschedulable: true}")
        + Manifests.Workload("shop", "web", 2)
        + Manifests.Workload("shop", "db", 1)
        + Scaler("shop", "web", "type: deployment, name: web, shutdownPriority: 1, scaleUpPriority: 5");

    /// <summary>All but that of Ebb, and then that.</summary>
    private static string Last =>
        Scaler(
            "ebb-system",
            "others",
            "type: node, shutdownPriority: 90, scaleUpPriority: 1, "
                + "selector: {matchExpressions: [{key: kubernetes.io/hostname, operator: NotIn, values: [node-1]}]}"
        ) + Scaler("ebb-system", "own", "type: Node, name: node-1, shutdownPriority: 95, scaleUpPriority: 1");

    private static string Node(string name, string spec = "") =>
        $$"""
            apiVersion: v1
            kind: Node
            metadata: {name: {{name}}, labels: {kubernetes.io/hostname: {{name}}} }
            status: {capacity: {cpu: "16", memory: 64Gi, pods: "110"}, allocatable: {cpu: "16", memory: 64Gi, pods: "110"} }
            {{spec}}
            ---

            """;

    private static string Scaler(string place, string name, string spec) =>
        $$"""
            apiVersion: ups-scaler.io/v1alpha1
            kind: UpsScaler
            metadata: {name: {{name}}, namespace: {{place}}}
            spec: { {{spec}} }
            ---

            """;

    [Fact]
    public async Task They_are_cordoned_last_and_only_those_that_Ebb_cordoned_are_uncordoned_first_at_the_return()
    {
        await using var world = await World.StartAsync(Shop + Last + Roles);
        var began = Pictures(world);
        await using var ebb = EbbProcess.Start(world, Hurried);
        await UntilAsync(ebb, () => Phase(world, "others") == "Awake");
        Assert.Equal("""["node-2","node-3"]""", Status(world, "others")["workloads"]!.ToJsonString());
        Assert.Equal("2 selected: 2 awake", (string?)Status(world, "others")["reason"]);
        Assert.Equal(
            ["node-2", "node-3"],
            Readings
                .Plan(ebb.View, DurationHistory.Nothing, ebb.Settings.Power)
                .Down[1]
                .Workloads.Select(w => w.Name)
                .Order()
        );
        var db = Pod(world, "db");

        world.Cluster.Requests.Clear();
        world.Ups.StatusOverride = "OB DISCHRG";
        await UntilAsync(ebb, () => ebb.View.Plan.Phase == Core.Waves.Phase.Asleep);
        Assert.Equal(["web", "node-2", "node-1"], Written(world));
        Assert.Equal("node-1 node-2 node-3", Cordoned(world));
        Assert.Equal(
            ["cluster.node.node-1", "cluster.node.node-2", "cluster.node.node-3", "shop.deployment.web"],
            world.Cluster.Store.List("baselines.ebb.dev").Select(b => (string)b["metadata"]!["name"]!).Order()
        );
        Assert.Equal("Asleep", Phase(world, "own"));
        // Nothing is evicted.
        Assert.Equal(db, Pod(world, "db"));

        world.Cluster.Requests.Clear();
        world.Ups.StatusOverride = "OL CHRG";
        await UntilAsync(ebb, () => world.Cluster.Store.Count("baselines.ebb.dev") == 0);
        Assert.Equal(["node-1", "node-2", "web"], Written(world).Take(2).Order().Concat(Written(world).Skip(2)));
        Assert.Equal(began, Pictures(world));
        Assert.Equal(2, world.Replicas("shop", "web"));
        Assert.Contains(
            Assert.Single(ebb.Records.Reports!).Workloads,
            workload => workload is { Name: "node node-2", AsleepAt: not null, AwakeAt: not null }
        );
    }

    [Fact]
    public async Task What_wakes_before_its_nodes_finds_no_place_and_what_wakes_after_them_does()
    {
        await using var world = await World.StartAsync(
            Shop
                + Manifests.Workload("shop", "early", 1)
                + Scaler("shop", "early", "type: deployment, name: early, shutdownPriority: 1, scaleUpPriority: 0")
                + Last
                + Roles
        );
        await using var ebb = EbbProcess.Start(world, Hurried);
        await UntilAsync(ebb, () => Phase(world, "others") == "Awake");
        world.Ups.StatusOverride = "OB DISCHRG";
        await UntilAsync(ebb, () => ebb.View.Plan.Phase == Core.Waves.Phase.Asleep);
        world.Ups.StatusOverride = "OL CHRG";
        await UntilAsync(ebb, () => world.Replicas("shop", "early") == 1);
        for (var i = 0; i < 30; i++)
            await ebb.StepAsync();
        Assert.Equal("node-1 node-2 node-3", Cordoned(world));
        // Its wave is waited for no longer than any other.
        await UntilAsync(ebb, () => world.Cluster.Store.Count("baselines.ebb.dev") == 0);
        Assert.Equal("node-3", Cordoned(world));
    }

    [Fact]
    public async Task One_that_somebody_uncordons_in_mid_outage_is_cordoned_again_and_that_is_told()
    {
        await using var world = await World.StartAsync(Shop + Last + Roles);
        await using var ebb = EbbProcess.Start(world, Hurried);
        await UntilAsync(ebb, () => Phase(world, "others") == "Awake");
        world.Ups.StatusOverride = "OB DISCHRG";
        await UntilAsync(ebb, () => ebb.View.Plan.Phase == Core.Waves.Phase.Asleep);
        // As kubectl does.
        Uncordon(world, "node-1");
        Uncordon(world, "node-3");
        await UntilAsync(ebb, () => Cordoned(world) == "node-1 node-2 node-3");
        Uncordon(world, "node-1");
        await UntilAsync(
            ebb,
            () =>
                ((string)Status(world, "own")["reason"]!).Contains(
                    "somebody uncordoned it, and it was cordoned again",
                    StringComparison.Ordinal
                )
        );
        world.Ups.StatusOverride = "OL CHRG";
        await UntilAsync(ebb, () => world.Cluster.Store.Count("baselines.ebb.dev") == 0);
        Assert.Equal("node-3", Cordoned(world));
    }

    [Fact]
    public async Task Another_process_gives_them_back_and_those_whose_UpsScaler_was_deleted_at_once()
    {
        await using var world = await World.StartAsync(Shop + Last + Roles);
        await using (var first = EbbProcess.Start(world, Hurried))
        {
            await UntilAsync(first, () => Phase(world, "others") == "Awake");
            world.Ups.StatusOverride = "OB DISCHRG";
            await UntilAsync(first, () => first.View.Plan.Phase == Core.Waves.Phase.Asleep);
        }
        await using var second = EbbProcess.Start(world, Hurried);
        for (var i = 0; i < 20; i++)
        {
            await second.StepAsync();
            Assert.Equal("node-1 node-2 node-3", Cordoned(world));
        }
        world.Cluster.Store.Delete("upsscalers.ups-scaler.io", "ebb-system", "others");
        await UntilAsync(second, () => Cordoned(world) == "node-1 node-3");
        world.Ups.StatusOverride = "OL CHRG";
        await UntilAsync(second, () => world.Cluster.Store.Count("baselines.ebb.dev") == 0);
        Assert.Equal("node-3", Cordoned(world));
    }

    [Theory]
    [InlineData("shop", "name: node-2", "spec.type: expected something that lives in a namespace, found node; only in")]
    [InlineData("shop", "selector: {}", "spec.type: expected something that lives in a namespace, found node; only in")]
    [InlineData(
        "ebb-system",
        "name: node-2, namespace: shop",
        "spec.namespace: expected none, since a node lives in no namespace, found \"shop\""
    )]
    [InlineData(
        "ebb-system",
        "selector: {}, namespace: shop",
        "spec.namespace: expected none, since a node lives in no namespace, found \"shop\""
    )]
    [InlineData(
        "ebb-system",
        "selector: {}, namespaceSelector: {}",
        "spec.namespaceSelector: expected none, since a node lives in no namespace"
    )]
    [InlineData(
        "ebb-system",
        "name: node-2, gates: [{nodesReady: true}]",
        "spec.gates: expected none that waits for nodes"
    )]
    [InlineData("ebb-system", "name: node-9", "Node node-9 does not exist")]
    public async Task A_tenant_and_what_means_no_node_are_refused_by_name(string place, string spec, string told)
    {
        await using var world = await World.StartAsync(
            Shop + Scaler(place, "one", $"type: core/v1/Node, {spec}, shutdownPriority: 1, scaleUpPriority: 1") + Roles
        );
        await using var ebb = EbbProcess.Start(world, Hurried);
        await UntilAsync(ebb, () => Phase(world, "one", place) == "Refused");
        Assert.StartsWith(told, (string?)Status(world, "one", place)["reason"]);
        world.Ups.StatusOverride = "OB DISCHRG";
        await UntilAsync(ebb, () => ebb.View.Plan.Phase == Core.Waves.Phase.Asleep);
        Assert.Equal("node-3", Cordoned(world));
        Assert.Equal(0, world.Replicas("shop", "web"));
    }

    [Fact]
    public async Task Two_that_mean_one_node_are_one_and_the_one_that_names_it_counts()
    {
        await using var world = await World.StartAsync(
            Shop
                + Last
                + Scaler("ebb-system", "named", "type: node, name: node-2, shutdownPriority: 2, scaleUpPriority: 1")
                + Roles
        );
        await using var ebb = EbbProcess.Start(world, Hurried);
        await UntilAsync(ebb, () => Phase(world, "named") == "Awake" && Phase(world, "others") == "Awake");
        Assert.Equal(
            "2 selected: 1 awake; 1 follow another UpsScaler: node-2 (ebb-system/named)",
            (string?)Status(world, "others")["reason"]
        );
        world.Cluster.Requests.Clear();
        world.Ups.StatusOverride = "OB DISCHRG";
        await UntilAsync(ebb, () => ebb.View.Plan.Phase == Core.Waves.Phase.Asleep);
        Assert.Equal(["web", "node-2", "node-1"], Written(world));
        Assert.Equal(4, world.Cluster.Store.Count("baselines.ebb.dev"));
    }

    [Fact]
    public async Task Without_the_right_it_is_told_as_refused_and_holds_nobody_and_with_it_they_are_cordoned()
    {
        await using var world = await World.StartAsync(Shop + Last);
        await using var ebb = EbbProcess.Start(world, Hurried);
        await UntilAsync(ebb, () => Phase(world, "own") == "Awake");
        world.Ups.StatusOverride = "OB DISCHRG";
        await UntilAsync(ebb, () => Phase(world, "own") == "Refused");
        Assert.Contains(
            "a right is missing to patch nodes",
            (string?)Status(world, "own")["reason"],
            StringComparison.Ordinal
        );
        Assert.Contains("refused by the cluster: node node-", ebb.View.Plan.Reason, StringComparison.Ordinal);
        Assert.Equal((0, "node-3"), (world.Replicas("shop", "web"), Cordoned(world)));
        await world.Cluster.ApplyManifestAsync(Roles);
        await UntilAsync(ebb, () => Cordoned(world) == "node-1 node-2 node-3");
        world.Ups.StatusOverride = "OL CHRG";
        await UntilAsync(ebb, () => world.Cluster.Store.Count("baselines.ebb.dev") == 0);
        Assert.Equal("node-3", Cordoned(world));
    }

    [Fact]
    public async Task A_SleepMethod_for_nodes_is_refused_because_they_have_a_way_of_their_own()
    {
        await using var world = await World.StartAsync(
            Shop
                + Last
                + Roles
                + """

                ---
                apiVersion: ebb.dev/v1alpha1
                kind: SleepMethod
                metadata: {name: nodes}
                spec: {for: {version: v1, kind: Node}, sleep: {fields: [{path: spec.unschedulable, value: true}]}}
                """
        );
        await using var ebb = EbbProcess.Start(world, Hurried);
        await UntilAsync(ebb, () => (string?)Method()?["phase"] == "Refused");
        Assert.Contains("Node sleeps as type node", (string?)Method()!["message"], StringComparison.Ordinal);
        await UntilAsync(ebb, () => Phase(world, "own") == "Awake");

        JsonNode? Method() => world.Cluster.Store.Get("sleepmethods.ebb.dev", null, "nodes")!["status"];
    }

    /// <summary>What Ebb wrote to workloads and nodes, in order.</summary>
    private static IReadOnlyList<string> Written(World world) =>
        [
            .. world
                .Cluster.Requests.All.Where(r => r is { Method: "PATCH", Status: < 300 })
                .Where(r => r.UserAgent.StartsWith("ebb/", StringComparison.Ordinal))
                .Select(r => r.Path.Split('?')[0].Split('/'))
                .Where(parts => parts.Contains(Nodes) || parts[^1] == "scale")
                .Select(parts => parts[^1] == "scale" ? parts[^2] : parts[^1]),
        ];

    private static string Cordoned(World world) =>
        string.Join(
            ' ',
            world
                .Cluster.Store.List(Nodes)
                .Where(node => node["spec"]?["unschedulable"]?.GetValue<bool>() == true)
                .Select(node => (string)node["metadata"]!["name"]!)
                .Order(StringComparer.Ordinal)
        );

    private static List<string> Pictures(World world) =>
        [
            .. world
                .Cluster.Store.List(Nodes)
                .Select(node => $"{node["metadata"]!["name"]} {Json.Sorted(node["spec"])}")
                .Order(StringComparer.Ordinal),
        ];

    private static string Pod(World world, string app) =>
        (string)world.Cluster.Store.List("pods", "shop", $"app={app}").Single()["metadata"]!["uid"]!;

    private static void Uncordon(World world, string node) =>
        world.Cluster.Store.Patch(
            Nodes,
            null,
            node,
            new JsonObject { ["spec"] = new JsonObject { ["unschedulable"] = null } }
        );

    private static JsonNode Status(World world, string name, string place = "ebb-system") =>
        world.Status("upsscalers.ups-scaler.io", place, name)!;

    private static string? Phase(World world, string name, string place = "ebb-system") =>
        (string?)world.Status("upsscalers.ups-scaler.io", place, name)?["phase"];

    private static async Task UntilAsync(EbbProcess ebb, Func<bool> condition)
    {
        for (var i = 0; !condition(); i++)
        {
            if (i == 200)
                Assert.Fail(
                    $"not within 200 s: {ebb.Path.View?.Plan.Reason}; "
                        + string.Join(
                            "; ",
                            (ebb.Path.View?.Plan.Workloads ?? []).Select(w => $"{w.Member} {w.Phase}: {w.Reason}")
                        )
                );
            await ebb.StepAsync();
        }
    }
}
