using System.Text.Json.Nodes;
using Ebb.Tests.Harness;

namespace Ebb.Tests.Survival;

/// <summary>
/// A definition of Ebb's is deleted in mid-outage, which deletes all of its objects with it, and applied again later.
/// </summary>
public sealed class LostDefinitionSpecs
{
    private const string Definitions = "customresourcedefinitions.apiextensions.k8s.io";

    private static readonly Dictionary<string, string?> Hurried = new()
    {
        ["Power__OnBatteryFor"] = "2s",
        ["Power__MainsFor"] = "3s",
        ["Power__WaveTimeout"] = "120s",
    };

    [LongTheory]
    [InlineData("baselines")]
    [InlineData("outages")]
    [InlineData("overrides")]
    [InlineData("powerorders")]
    [InlineData("powers")]
    public async Task No_workload_is_lost(string plural)
    {
        await using var world = await World.StartAsync(EveryKind.Manifests);
        var kinds = new EveryKind(world);
        await using var ebb = EbbProcess.Start(world, Hurried);
        world.Ups.StatusOverride = "OL";
        await UntilAsync(() => world.Seconds > 75);
        world.Ups.StatusOverride = "OB DISCHRG";
        await UntilAsync(() => world.Cluster.Store.Count("baselines.ebb.dev") >= 3);
        var definition = world.Cluster.Store.Get(Definitions, "", $"{plural}.ebb.dev")!.DeepClone().AsObject();
        world.Cluster.Store.Delete(Definitions, "", $"{plural}.ebb.dev");
        for (var i = 0; i < 30; i++)
        {
            world.Clock.Advance(TimeSpan.FromSeconds(1));
            await ebb.BlindTurnAsync();
        }
        foreach (var name in new[] { "uid", "resourceVersion", "creationTimestamp", "generation", "managedFields" })
            definition["metadata"]!.AsObject().Remove(name);
        definition.Remove("status");
        world.Cluster.Store.Apply((JsonObject)definition.DeepClone());
        await UntilAsync(() => kinds.AllAsleep);
        world.Ups.StatusOverride = "OL CHRG";
        await UntilAsync(() => kinds.AllAwake && kinds.IsAsItBegan);

        async Task UntilAsync(Func<bool> condition)
        {
            for (var i = 0; !condition(); i++)
            {
                if (i == 600)
                    kinds.EndedAsItBegan();
                Assert.True(
                    i < 600,
                    $"not within 600 s: {ebb.Path.View?.Plan.Phase}: {ebb.Path.View?.Plan.Reason}; "
                        + string.Join("; ", ebb.Path.Troubles.Concat(ebb.Cluster.Known.Troubles).Concat(kinds.Broken))
                );
                await ebb.StepAsync();
            }
        }
    }
}
