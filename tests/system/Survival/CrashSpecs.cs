using Ebb.Tests.Harness;

namespace Ebb.Tests.Survival;

/// <summary>
/// A power failure is when everything fails. A whole story - mains lost, back, lost again in mid-wake, back - is played
/// once for
/// every request that Ebb makes in it, and at that request the process dies: before the server has read it, or after
/// the server
/// did it and before the answer arrived. Another process goes on. Every time each workload ends exactly as it began.
/// </summary>
public sealed class CrashSpecs
{
    private static readonly Dictionary<string, string?> Hurried = new()
    {
        ["Power__OnBatteryFor"] = "2s",
        ["Power__MainsFor"] = "3s",
        ["Power__WaveTimeout"] = "90s",
    };

    [LongFact]
    public async Task Without_a_crash_the_story_ends_as_it_began() =>
        Assert.Empty((await PlayAsync(null, false)).Broken);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_crash_at_any_request_changes_nothing_in_the_end(bool afterItWasDone)
    {
        var (_, requests) = await PlayAsync(null, false);
        Assert.InRange(requests, 50, 2000);
        await CrashRun.AtEachAsync(requests, 81, 3, async point => (await PlayAsync(point, afterItWasDone)).Broken);
    }

    /// <summary>The whole story; <paramref name="killAt"/> counts the requests of Ebb from 1.</summary>
    private static async Task<(List<string> Broken, int Requests)> PlayAsync(int? killAt, bool afterItWasDone)
    {
        await using var world = await World.StartAsync(EveryKind.Manifests);
        var kinds = new EveryKind(world);
        world.Ups.StatusOverride = "OL";
        var requests = await CrashRun.PlayAsync(
            world,
            Hurried,
            killAt,
            afterItWasDone,
            kinds.Look,
            async cast =>
            {
                await cast.UntilAsync(() => world.Seconds > 75, kinds.Broken);
                world.Ups.StatusOverride = "OB DISCHRG";
                await cast.UntilAsync(() => kinds.AllAsleep, kinds.Broken);
                world.Ups.StatusOverride = "OL CHRG";
                await cast.UntilAsync(() => kinds.FirstWaveAwake, kinds.Broken);
                world.Ups.StatusOverride = "OB DISCHRG";
                await cast.UntilAsync(() => kinds.AllAsleep, kinds.Broken);
                world.Ups.StatusOverride = "OL CHRG";
                await cast.UntilAsync(() => kinds.AllAwake, kinds.Broken);
                kinds.EndedAsItBegan();
            }
        );
        return (kinds.Broken, requests);
    }
}
