using System.Text.Json.Nodes;
using Ebb.Core.Waves;
using Ebb.Core.Workloads;
using Ebb.Tests.Harness;
using Ebb.Tests.Schedules;
using Ebb.Tests.Survival;

namespace Ebb.Tests.Building;

/// <summary>
/// The plug is pulled on the whole building: everything goes off in its order, the machines with it, and when power is
/// back everything comes up in its own order, with no hand on it.
/// </summary>
public sealed class BuildingSpecs
{
    private static readonly Dictionary<string, string?> Settings = new()
    {
        ["Power__OnBatteryFor"] = "2s",
        ["Power__MainsFor"] = "3s",
        ["Power__WaveTimeout"] = "90s",
    };

    [Fact]
    public async Task Everything_goes_off_in_its_order_and_comes_up_in_its_own_when_power_is_back()
    {
        await using var world = await World.StartAsync(BuildingManifests.All);
        var building = new WholeBuilding(world);
        await using var cast = await BeginAsync(world, building);
        Assert.DoesNotContain(cast.Present.View.Plan.Workloads, one => one.Phase == WorkloadPhase.Refused);

        await OffAsync(world, building, cast);
        Assert.Equal(
            ["down nodes node-2", "down nodes node-3", "down nodes node-1"],
            building.Written.TakeLast(3).Take(2).Order().Append(building.Written[^1])
        );
        await DarkAsync(world, cast);
        await OnAsync(world, building, cast);
        Assert.Equal(
            ["up nodes node-1", "up nodes node-2", "up nodes node-3"],
            building.Written.Where(write => write.StartsWith("up ", StringComparison.Ordinal)).Take(3).Order()
        );
        Assert.DoesNotContain(cast.Present.View.Outage!.Workloads, one => one.Late);
        Assert.True(building.Broken.Count == 0, string.Join('\n', building.Broken.Take(10)));

        // The Flux of this building is one that puts things back.
        world.Cluster.Store.Patch(
            "deployments.apps",
            "apps",
            "wiki",
            new JsonObject { ["spec"] = new JsonObject { ["replicas"] = 5 } }
        );
        building.Pass();
        Assert.Equal(2, world.Replicas("apps", "wiki"));
        Assert.Contains(
            "Flux put back deployments.apps apps/wiki",
            Assert.Single(building.Broken),
            StringComparison.Ordinal
        );
    }

    [LongTheory]
    [InlineData(-100)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(10)]
    [InlineData(12)]
    [InlineData(15)]
    [InlineData(21)]
    [InlineData(25)]
    [InlineData(30)]
    [InlineData(40)]
    public async Task The_plug_is_pulled_again_while_a_wave_wakes(int wave)
    {
        await using var world = await World.StartAsync(BuildingManifests.All);
        var building = new WholeBuilding(world);
        await using var cast = await BeginAsync(world, building);
        await OffAsync(world, building, cast);
        await DarkAsync(world, cast);
        world.Ups.StatusOverride = "OL CHRG";
        await cast.UntilAsync(
            () => cast.Present.Path.View?.Plan.Wave?.Priority == wave,
            building.Broken,
            building.Pass
        );
        await OffAsync(world, building, cast);
        await DarkAsync(world, cast);
        await OnAsync(world, building, cast);
        Assert.True(building.Broken.Count == 0, string.Join('\n', building.Broken.Take(10)));
    }

    private static async Task<Cast> BeginAsync(World world, WholeBuilding building)
    {
        world.Ups.StatusOverride = "OL";
        var cast = new Cast(world, Settings);
        await cast.UntilAsync(() => building.IsAsItBegan && world.Seconds > 75, building.Broken, building.Pass);
        return cast;
    }

    private static async Task OffAsync(World world, WholeBuilding building, Cast cast)
    {
        world.Ups.StatusOverride = "OB DISCHRG";
        await cast.UntilAsync(() => cast.Present.Path.View?.Plan.Phase == Phase.Asleep, building.Broken, building.Pass);
        Assert.True(building.IsOff);
    }

    /// <summary>The machines are off for ten minutes, and Ebb with them.</summary>
    private static Task DarkAsync(World world, Cast cast) =>
        cast.RestartAsync(() =>
        {
            foreach (var node in new[] { "node-1", "node-2", "node-3" })
                world.Cluster.PowerOffNode(node);
            world.Clock.Advance(TimeSpan.FromMinutes(10));
            foreach (var node in new[] { "node-1", "node-2", "node-3" })
                world.Cluster.PowerOnNode(node);
        });

    private static async Task OnAsync(World world, WholeBuilding building, Cast cast)
    {
        world.Ups.StatusOverride = "OL CHRG";
        await cast.UntilAsync(
            () => building.IsAsItBegan && cast.Present.Path.View?.Plan.Phase == Phase.Normal,
            building.Broken,
            building.Pass
        );
        building.EndedAsItBegan();
    }
}
