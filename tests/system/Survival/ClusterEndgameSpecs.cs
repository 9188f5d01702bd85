using System.Text.Json.Nodes;
using Ebb.Core.Waves;
using Ebb.Core.Workloads;
using Ebb.Tests.Harness;
using Ebb.Tests.Schedules;

namespace Ebb.Tests.Survival;

/// <summary>CloudNativePG clusters that are not hibernated in time.</summary>
public sealed class ClusterEndgameSpecs
{
    private const string Clusters = "clusters.postgresql.cnpg.io";

    [Fact]
    public async Task A_cluster_that_never_gets_healthy_is_told_with_what_its_operator_says_and_holds_nobody_for_long()
    {
        await using var world = await World.StartAsync(Manifest(Cluster("orders", 1, sick: true), Cluster("users", 2)));
        var began = Picture(world);
        await using var ebb = Start(world, "none");
        await UntilAsync(world, ebb, "OL", () => world.Seconds > 75);
        await UntilAsync(world, ebb, "OB DISCHRG", () => StateOf(ebb, "users").Phase == WorkloadPhase.Asleep);
        var orders = StateOf(ebb, "orders");
        Assert.True(orders.Late);
        Assert.Contains(
            "Hibernation is waiting for the cluster to be healthy",
            orders.Reason,
            StringComparison.Ordinal
        );
        Assert.Null(Annotation(world, "orders", "cnpg.io/fencedInstances"));
        Assert.Equal(2, world.Cluster.Store.Count("pods", "shop", "cnpg.io/cluster=orders"));
        await UntilAsync(world, ebb, "OL CHRG", () => world.Cluster.Store.Count("baselines.ebb.dev") == 0);
        Assert.Equal(began, Picture(world));
    }

    [Fact]
    public async Task By_choice_it_is_fenced_then_and_ends_as_it_began_with_all_its_volumes()
    {
        await using var world = await World.StartAsync(Manifest(Cluster("orders", 1, sick: true), Cluster("users", 2)));
        var (began, volumes) = (Picture(world), Volumes(world));
        await using var ebb = Start(world, "fence");
        await UntilAsync(world, ebb, "OL", () => world.Seconds > 75);
        await UntilAsync(world, ebb, "OB DISCHRG", () => ebb.View.Plan.Phase == Phase.Asleep);
        Assert.Equal("[\"*\"]", Annotation(world, "orders", "cnpg.io/fencedInstances"));
        Assert.Equal(WorkloadPhase.Asleep, StateOf(ebb, "orders").Phase);
        // Nothing is deleted, and one that hibernates in time is not fenced.
        Assert.Equal(2, world.Cluster.Store.Count("pods", "shop", "cnpg.io/cluster=orders"));
        Assert.Null(Annotation(world, "users", "cnpg.io/fencedInstances"));
        await UntilAsync(world, ebb, "OL CHRG", () => world.Cluster.Store.Count("baselines.ebb.dev") == 0);
        Assert.Equal(began, Picture(world));
        Assert.Equal(volumes, Volumes(world));
    }

    [Fact]
    public async Task One_that_a_person_has_fenced_is_asleep_as_it_is_and_stays_fenced()
    {
        await using var world = await World.StartAsync(
            Manifest(Cluster("orders", 1, sick: true, annotations: "cnpg.io/fencedInstances: '[\"*\"]'"))
        );
        var began = Picture(world);
        await using var ebb = Start(world, "fence");
        await UntilAsync(world, ebb, "OL", () => world.Seconds > 75);
        await UntilAsync(world, ebb, "OB DISCHRG", () => ebb.View.Plan.Phase == Phase.Asleep);
        Assert.False(StateOf(ebb, "orders").Late);
        await UntilAsync(world, ebb, "OL CHRG", () => world.Cluster.Store.Count("baselines.ebb.dev") == 0);
        Assert.Equal(began, Picture(world));
    }

    [Fact]
    public async Task Several_clusters_of_one_wave_are_asked_in_the_same_turn()
    {
        await using var world = await World.StartAsync(
            Manifest(Cluster("a", 1), Cluster("b", 1), Cluster("c", 1), Cluster("d", 1))
        );
        await using var ebb = Start(world, "none");
        await UntilAsync(world, ebb, "OL", () => world.Seconds > 75);
        await UntilAsync(world, ebb, "OB DISCHRG", () => Asked(world) > 0);
        Assert.Equal(4, Asked(world));
    }

    private static int Asked(World world) =>
        world.Cluster.Store.List(Clusters).Count(c => Annotation(c, "cnpg.io/hibernation") == "on");

    private static EbbProcess Start(World world, string fallback) =>
        EbbProcess.Start(
            world,
            new Dictionary<string, string?>
            {
                ["Power__OnBatteryFor"] = "2s",
                ["Power__MainsFor"] = "3s",
                ["Power__WaveTimeout"] = "60s",
                ["Power__ClusterFallback"] = fallback,
            }
        );

    private static WorkloadState StateOf(EbbProcess ebb, string name) =>
        ebb.View.Plan.Workloads.Single(w => w.Member.Scaler.TargetName == name);

    private static string? Annotation(World world, string name, string annotation) =>
        Annotation(world.Cluster.Store.Get(Clusters, "shop", name)!, annotation);

    private static string? Annotation(JsonObject item, string annotation) =>
        (string?)item["metadata"]!["annotations"]?[annotation];

    private static IEnumerable<string> Volumes(World world) =>
        world.Cluster.Store.List("persistentvolumeclaims", "shop").Select(c => (string)c["metadata"]!["uid"]!).Order();

    private static string Picture(World world) =>
        string.Join(
            '\n',
            world
                .Cluster.Store.List(Clusters)
                .Select(c => $"{Json.Sorted(c["spec"])} {Json.Sorted(c["metadata"]!["annotations"])}")
        );

    private const string Node = """
        apiVersion: v1
        kind: Node
        metadata: {name: node-1, labels: {kubernetes.io/hostname: node-1}}
        status: {capacity: {cpu: "16", memory: 64Gi, pods: "110"}, allocatable: {cpu: "16", memory: 64Gi, pods: "110"}}
        ---

        """;

    private static string Manifest(params string[] clusters) =>
        Node + Manifests.Namespace("shop") + string.Concat(clusters);

    private static string Cluster(string name, int wave, bool sick = false, string annotations = "") =>
        $$"""
            apiVersion: postgresql.cnpg.io/v1
            kind: Cluster
            metadata:
              name: {{name}}
              namespace: shop
              annotations:
                simulation.ebb.dev/never-healthy: "{{(sick ? "true" : "false")}}"
                simulation.ebb.dev/start-seconds: "2"
                {{annotations}}
            spec: {instances: 2, storage: {size: 1Gi} }
            ---
            apiVersion: ups-scaler.io/v1alpha1
            kind: UpsScaler
            metadata: {name: {{name}}, namespace: shop}
            spec: {type: cluster, name: {{name}}, shutdownPriority: {{wave}}, scaleUpPriority: 1}
            ---

            """;

    private static async Task UntilAsync(World world, EbbProcess ebb, string status, Func<bool> condition)
    {
        world.Ups.StatusOverride = status;
        for (var i = 0; !condition(); i++)
        {
            Assert.True(i < 400, $"not within 400 s: {ebb.Path.View?.Plan.Phase} {ebb.Path.View?.Plan.Reason}");
            await ebb.StepAsync();
        }
    }
}
