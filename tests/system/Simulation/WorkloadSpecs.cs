using System.Text.Json.Nodes;
using Ebb.Simulation;

namespace Ebb.Tests.Simulation;

/// <summary>The simulated controllers in virtual time.</summary>
public sealed class WorkloadSpecs
{
    [Fact]
    public async Task A_deployment_at_zero_reports_no_replicas_while_its_pods_still_terminate()
    {
        await using var world = await World.StartAsync();
        await world.Cluster.ApplyManifestAsync(World.Deployment("web", 3));
        world.Advance(5);
        Assert.Equal(3, Status(world, "web")["readyReplicas"]!.GetValue<int>());

        var (code, _) = await world.Merge(
            "/apis/apps/v1/namespaces/default/deployments/web/scale",
            """{"spec":{"replicas":0}}"""
        );
        Assert.Equal(200, code);
        Assert.Null(Status(world, "web")["replicas"]);
        Assert.Equal(3, Status(world, "web")["terminatingReplicas"]!.GetValue<int>());
        world.Advance(5.9);
        Assert.Equal(3, world.Store.Count("pods", "default"));
        world.Advance(0.2);
        Assert.Equal(0, world.Store.Count("pods", "default"));
        Assert.Equal(0, Status(world, "web")["terminatingReplicas"]!.GetValue<int>());
    }

    [Fact]
    public async Task A_server_of_1_26_says_nothing_about_terminating_replicas()
    {
        await using var world = await World.StartAsync(change: o => o with { TerminatingReplicas = false });
        await world.Cluster.ApplyManifestAsync(World.Deployment("web", 1));
        world.Advance(5);
        Assert.Null(Status(world, "web")["terminatingReplicas"]);
    }

    [Fact]
    public async Task A_pod_that_never_stops_stays_terminating()
    {
        await using var world = await World.StartAsync();
        await world.Cluster.ApplyManifestAsync(
            World.Deployment("stuck", 1, more: "simulation.ebb.dev/never-stops: \"true\"")
        );
        world.Advance(5);
        world.Store.Patch("deployments.apps", "default", "stuck", Replicas(0));
        world.Advance(3600);
        Assert.Equal(1, world.Store.Count("pods", "default"));
    }

    [Fact]
    public async Task A_stateful_set_goes_down_from_the_top_one_pod_after_another()
    {
        await using var world = await World.StartAsync(null);
        world.Advance(60);
        world.Store.Patch("statefulsets.apps", "data", "events", Replicas(0));
        Assert.Equal(3, Running(world, "events"));
        world.Advance(5.1);
        Assert.Equal(2, Running(world, "events"));
        world.Advance(5.1);
        Assert.Equal(1, Running(world, "events"));
        world.Advance(5.1);
        Assert.Equal(0, Running(world, "events"));

        static int Running(World world, string name) =>
            world.Get("statefulsets.apps", name, "data")["status"]!["replicas"]!.GetValue<int>();
    }

    [Fact]
    public async Task The_default_world_settles_and_stays_as_it_is()
    {
        await using var world = await World.StartAsync(null);
        world.Advance(120);
        Assert.True(world.Store.Count("upsscalers.ups-scaler.io") >= 14);
        var before = Sizes(world);
        world.Advance(3600);
        Assert.Equal(before, Sizes(world));
        Assert.Equal(
            "Cluster in healthy state",
            world.Get("clusters.postgresql.cnpg.io", "orders-db", "data")["status"]!["phase"]!.GetValue<string>()
        );
        Assert.Equal(
            3,
            world.Get("deployments.apps", "transcoder", "media")["status"]!["readyReplicas"]!.GetValue<int>()
        );

        static string Sizes(World world) =>
            string.Join(
                ' ',
                world
                    .Store.List("deployments.apps")
                    .Concat(world.Store.List("statefulsets.apps"))
                    .Select(d => $"{d["metadata"]!["name"]}={d["spec"]!["replicas"]}/{d["status"]!["readyReplicas"]}")
            );
    }

    [Fact]
    public async Task A_postgres_cluster_hibernates_primary_first_and_wakes_again()
    {
        await using var world = await World.StartAsync(null);
        world.Advance(60);
        Hibernate(world, "on");
        Assert.Equal("True", Deleting(world, "orders-db-1"));
        world.Advance(6.1);
        Assert.Equal(2, world.Store.Count("pods", "data", "cnpg.io/cluster=orders-db"));
        world.Advance(12.2);
        Assert.Equal(0, world.Store.Count("pods", "data", "cnpg.io/cluster=orders-db"));
        var condition = world.Get("clusters.postgresql.cnpg.io", "orders-db", "data")["status"]!["conditions"]!
            .AsArray()
            .Single(c => c!["type"]!.GetValue<string>() == "cnpg.io/hibernation")!;
        Assert.Equal("True", condition["status"]!.GetValue<string>());
        Assert.Equal("Hibernated", condition["reason"]!.GetValue<string>());
        Hibernate(world, "off");
        world.Advance(20);
        Assert.Equal(
            3,
            world.Get("clusters.postgresql.cnpg.io", "orders-db", "data")["status"]!["readyInstances"]!.GetValue<int>()
        );

        static void Hibernate(World world, string word) =>
            world.Store.Patch(
                "clusters.postgresql.cnpg.io",
                "data",
                "orders-db",
                new JsonObject
                {
                    ["metadata"] = new JsonObject
                    {
                        ["annotations"] = new JsonObject { ["cnpg.io/hibernation"] = word },
                    },
                }
            );
        static string Deleting(World world, string pod) =>
            world.Get("pods", pod, "data")["metadata"]!["deletionTimestamp"] is null ? "False" : "True";
    }

    [Theory]
    [InlineData(KedaGeneration.V220, 0.05)]
    [InlineData(KedaGeneration.V210, 10.1)]
    public async Task A_pause_takes_a_scaled_object_to_zero_as_soon_as_its_KEDA_does(
        KedaGeneration keda,
        double seconds
    )
    {
        await using var world = await World.StartAsync(null, o => o with { Keda = keda });
        world.Advance(60);
        Pause(world, "0");
        world.Advance(seconds);
        Assert.Equal(0, Size(world));
        Assert.Equal(
            keda == KedaGeneration.V210,
            world.Store.Get("horizontalpodautoscalers.autoscaling", "media", "keda-hpa-transcoder") is not null
        );
        Pause(world, null);
        world.Advance(45);
        Assert.Equal(3, Size(world));
    }

    [Fact]
    public async Task KEDA_undoes_a_bare_scale_to_zero_at_its_next_poll()
    {
        await using var world = await World.StartAsync(null);
        world.Advance(60);
        world.Store.Patch("deployments.apps", "media", "transcoder", Replicas(0));
        Assert.Equal(0, Size(world));
        world.Advance(10.1);
        Assert.True(Size(world) >= 1);
    }

    [Fact]
    public async Task A_plain_HPA_stands_still_at_zero_and_resumes_from_one()
    {
        await using var world = await World.StartAsync(null);
        world.Advance(60);
        world.Store.Patch("deployments.apps", "shop", "storefront", Replicas(0));
        world.Advance(600);
        Assert.Equal(0, world.Get("deployments.apps", "storefront", "shop")["spec"]!["replicas"]!.GetValue<int>());
        var hpa = world.Get("horizontalpodautoscalers.autoscaling", "storefront", "shop");
        Assert.Contains(
            hpa["status"]!["conditions"]!.AsArray(),
            c => c!["reason"]!.GetValue<string>() == "ScalingDisabled"
        );
        world.Store.Patch("deployments.apps", "shop", "storefront", Replicas(3));
        world.Advance(60);
        Assert.Equal(3, world.Get("deployments.apps", "storefront", "shop")["spec"]!["replicas"]!.GetValue<int>());
    }

    [Fact]
    public async Task A_suspended_cron_job_starts_no_jobs_and_a_released_one_does()
    {
        await using var world = await World.StartAsync(null);
        world.Advance(1300);
        Assert.True(world.Store.Count("jobs.batch", "media") >= 1);
        Assert.DoesNotContain(
            world.Store.List("jobs.batch", "shop"),
            j => j["metadata"]!["name"]!.GetValue<string>().StartsWith("legacy-import", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Nodes_that_lose_power_are_noticed_late_and_their_pods_start_again_with_it()
    {
        await using var world = await World.StartAsync();
        await world.Cluster.ApplyManifestAsync(World.Deployment("web", 4));
        world.Advance(5);
        world.Cluster.PowerOffNode("n1");
        world.Cluster.PowerOffNode("n2");
        world.Advance(39);
        Assert.Equal(4, Status(world, "web")["readyReplicas"]!.GetValue<int>());
        world.Advance(2);
        Assert.Null(Status(world, "web")["readyReplicas"]);
        world.Cluster.PowerOnNode("n1");
        world.Cluster.PowerOnNode("n2");
        world.Advance(5);
        Assert.Equal(4, Status(world, "web")["readyReplicas"]!.GetValue<int>());
    }

    [Fact]
    public async Task Two_runs_of_one_world_write_the_same_things_in_the_same_order()
    {
        Assert.Equal(await Run(), await Run());

        static async Task<string> Run()
        {
            await using var world = await World.StartAsync(null);
            world.Advance(900);
            return world.Store.ResourceVersion
                + string.Join(
                    ' ',
                    world
                        .Store.List("pods")
                        .Select(p =>
                            $"{p["metadata"]!["name"]}@{p["spec"]!["nodeName"]}:{p["metadata"]!["resourceVersion"]}"
                        )
                );
        }
    }

    private static JsonObject Status(World world, string name) =>
        world.Get("deployments.apps", name)["status"]!.AsObject();

    private static JsonObject Replicas(int n) => new() { ["spec"] = new JsonObject { ["replicas"] = n } };

    private static int Size(World world) =>
        world.Get("deployments.apps", "transcoder", "media")["spec"]!["replicas"]!.GetValue<int>();

    private static void Pause(World world, string? count) =>
        world.Store.Patch(
            "scaledobjects.keda.sh",
            "media",
            "transcoder",
            new JsonObject
            {
                ["metadata"] = new JsonObject
                {
                    ["annotations"] = new JsonObject { ["autoscaling.keda.sh/paused-replicas"] = count },
                },
            }
        );
}
