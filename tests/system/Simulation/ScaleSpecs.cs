using System.Diagnostics;
using System.Text.Json.Nodes;
using Ebb.Tests.Harness;

namespace Ebb.Tests.Simulation;

/// <summary>Large clusters stay fast.</summary>
public sealed class ScaleSpecs
{
    [LongFact]
    public async Task Two_hundred_workloads_go_down_and_up_and_live_for_hours_within_seconds()
    {
        await using var world = await World.StartAsync();
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < 200; i++)
        {
            await world.Cluster.ApplyManifestAsync(World.Deployment("w" + i, 2, stop: i % 30));
        }

        world.Advance(30);
        Assert.Equal(400, world.Store.Count("pods", "default"));
        foreach (var replicas in new[] { 0, 2 })
        {
            for (var i = 0; i < 200; i++)
            {
                world.Store.Patch(
                    "deployments.apps",
                    "default",
                    "w" + i,
                    new JsonObject { ["spec"] = new JsonObject { ["replicas"] = replicas } }
                );
            }

            world.Advance(3 * 3600);
            Assert.Equal(200 * replicas, world.Store.Count("pods", "default"));
        }

        var (status, list) = await world.Get("/apis/apps/v1/deployments");
        Assert.Equal(200, status);
        Assert.Equal(200, list!["items"]!.AsArray().Count);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"took {clock.Elapsed.TotalSeconds:0.0} s, {world.Store.ResourceVersion} writes"
        );
    }
}
