using System.Text.Json.Nodes;
using Ebb.Tests.Harness;

namespace Ebb.Tests.Survival;

/// <summary>What KEDA scales is held from growing on a low battery, by a mark in its ScaledObject.</summary>
public sealed class GrowthHeldSpecs
{
    [Fact]
    public async Task It_is_let_go_when_its_UpsScaler_is_deleted_however_low_the_battery_is()
    {
        await using var world = await World.StartAsync(
            await File.ReadAllTextAsync(
                Path.Combine(Repository.Root, "tests/system/stories/battery-low-without-an-outage/cluster.yaml"),
                TestContext.Current.CancellationToken
            )
        );
        await using var ebb = EbbProcess.Start(world);
        // A charge that never moved would not be believed.
        await ebb.StepAsync();
        world.Ups.SetVariable("battery.charge", "12");
        await UntilAsync(() => Marks().ContainsKey("ups-scaler.io/holds-growth"));
        Assert.Equal("true", (string?)Marks()["autoscaling.keda.sh/paused-scale-out"]);
        world.Cluster.Store.Delete("upsscalers.ups-scaler.io", "shop", "queue");
        await UntilAsync(() => Marks().Count == 0);
        for (var i = 0; i < 3; i++)
            await ebb.StepAsync();
        Assert.Empty(ebb.View.Plan.Workloads);

        JsonObject Marks() =>
            world.Cluster.Store.Get("scaledobjects.keda.sh", "shop", "queue")!["metadata"]!["annotations"] as JsonObject
            ?? [];

        async Task UntilAsync(Func<bool> condition)
        {
            for (var i = 0; !condition(); i++)
            {
                Assert.True(i < 90, $"not within 90 s: {ebb.Path.View?.Plan.Reason}; {Marks().ToJsonString()}");
                await ebb.StepAsync();
            }
        }
    }
}
