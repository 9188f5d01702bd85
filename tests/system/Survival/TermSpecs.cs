using Ebb.Core.Waves;
using Ebb.Tests.Harness;

namespace Ebb.Tests.Survival;

/// <summary>A term begins with what was listed after it began, not with what a watch told before.</summary>
public sealed class TermSpecs
{
    private static readonly Dictionary<string, string?> Hurried = new() { ["Power__OnBatteryFor"] = "2s" };

    [Fact]
    public async Task A_successor_whose_watches_fell_silent_heeds_a_hold_that_they_did_not_tell()
    {
        await using var world = await World.StartAsync(EveryKind.Manifests);
        await using var wire = new Relay(world.Cluster.Address.Port);
        var leader = EbbProcess.Start(world, Hurried);
        await using var successor = EbbProcess.Start(world, Hurried, wire: wire);
        world.Ups.StatusOverride = "OL";
        for (var i = 0; i < 20; i++)
        {
            await leader.StepAsync();
            await successor.TurnAsync();
        }
        Assert.Equal((true, false), (leader.Path.Leads, successor.Path.Leads));

        wire.StallWatches();
        var until = world.Clock.GetUtcNow().AddHours(8);
        await world.Cluster.ApplyManifestAsync(
            $$"""
            apiVersion: ebb.dev/v1alpha1
            kind: PowerOrder
            metadata: {name: work-on-the-ups, namespace: ebb-system}
            spec: {action: hold, reason: work on the UPS, until: "{{until:yyyy-MM-ddTHH:mm:ssZ}}"}
            """
        );
        await leader.StepAsync();
        Assert.Equal(Phase.Held, leader.View.Plan.Phase);
        leader.Kill();
        await leader.DisposeAsync();
        world.Cluster.Requests.Clear();

        world.Ups.StatusOverride = "OB DISCHRG";
        for (var i = 0; i < 60 && !successor.Path.Leads; i++)
            await TurnAsync();
        Assert.True(successor.Path.Leads, successor.Leadership.Problem);
        for (var i = 0; i < 10; i++)
            await TurnAsync();
        Assert.Equal(Phase.Held, successor.View.Plan.Phase);
        Assert.DoesNotContain(
            world.Cluster.Requests.All,
            r => r.IsWrite && r.Path.Contains("/apps/v1/", StringComparison.Ordinal)
        );

        async Task TurnAsync()
        {
            world.Clock.Advance(TimeSpan.FromSeconds(1));
            await successor.BlindTurnAsync();
        }
    }
}
