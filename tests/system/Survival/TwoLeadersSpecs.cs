using Ebb.Tests.Harness;

namespace Ebb.Tests.Survival;

/// <summary>
/// Two that both believe that they lead, as when a term has ended and a write of it is still under way: what is right
/// then is held by UIDs and resourceVersions alone.
/// </summary>
public sealed class TwoLeadersSpecs
{
    private static readonly Dictionary<string, string?> Hurried = new()
    {
        ["Power__OnBatteryFor"] = "2s",
        ["Power__MainsFor"] = "3s",
        ["Power__WaveTimeout"] = "120s",
    };

    [Fact]
    public async Task Nothing_is_written_twice_and_everything_ends_as_it_began()
    {
        await using var world = await World.StartAsync(EveryKind.Manifests);
        var (kinds, sync) = (new EveryKind(world), new Lock());
        world.Cluster.Faults.AfterApplied = request =>
        {
            lock (sync)
                kinds.Look(request);
        };
        await using var first = EbbProcess.Start(world, Hurried);
        await using var second = EbbProcess.Start(world, Hurried, lease: "other");
        world.Ups.StatusOverride = "OL";
        await UntilAsync(() => world.Seconds > 75);
        Assert.True(first.Path.Leads && second.Path.Leads, "both lead");
        world.Ups.StatusOverride = "OB DISCHRG";
        await UntilAsync(() => kinds.AllAsleep);
        world.Ups.StatusOverride = "OL CHRG";
        await UntilAsync(() => kinds.AllAwake);
        kinds.EndedAsItBegan();
        Assert.Empty(kinds.Broken);
        // 4 kinds of workload with a scale that is not 0, each put to sleep once and woken once.
        Assert.Equal(
            8,
            world.Cluster.Requests.All.Count(r =>
                r.Path.EndsWith("/scale", StringComparison.Ordinal) && r is { IsWrite: true, Status: 200 }
            )
        );

        async Task UntilAsync(Func<bool> condition)
        {
            for (var i = 0; !condition(); i++)
            {
                Assert.True(
                    i < 600,
                    $"not within 600 s: {first.Path.View?.Plan.Phase}: {first.Path.View?.Plan.Reason} | "
                        + $"{second.Path.View?.Plan.Phase}: {second.Path.View?.Plan.Reason}"
                );
                world.Clock.Advance(TimeSpan.FromSeconds(1));
                await Task.WhenAll(first.TurnAsync(), second.TurnAsync());
            }
        }
    }
}
