using Ebb.Tests.Harness;
using Ebb.Tests.Schedules;
using Ebb.Tests.Survival;

namespace Ebb.Tests.GitOps;

/// <summary>
/// The process dies at a request of an outage, and another one goes on: what is not suspended never finds a workload
/// that
/// sleeps, and everything ends as it began.
/// </summary>
public sealed class GitOpsCrashSpecs
{
    [LongTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_crash_at_any_request_leaves_no_drift(bool afterItWasDone)
    {
        var (broken, requests) = await PlayAsync(null, false);
        Assert.Empty(broken);
        Assert.InRange(requests, 50, 2000);
        await CrashRun.AtEachAsync(requests, 63, 7, async point => (await PlayAsync(point, afterItWasDone)).Broken);
    }

    private static async Task<(List<string> Broken, int Requests)> PlayAsync(int? killAt, bool afterItWasDone)
    {
        await using var world = await World.StartAsync(GitWorld.Manifests);
        var git = new GitWorld(world);
        world.Ups.StatusOverride = "OL";
        var requests = await CrashRun.PlayAsync(
            world,
            GitWorld.Hurried,
            killAt,
            afterItWasDone,
            request => git.Look($"{request.Method} {request.Path}"),
            async cast =>
            {
                await cast.UntilAsync(() => world.Seconds > 75, git.Broken, git.Reconcile);
                world.Ups.StatusOverride = "OB DISCHRG";
                await cast.UntilAsync(() => git.AllAsleep, git.Broken, git.Reconcile);
                world.Ups.StatusOverride = "OL CHRG";
                await cast.UntilAsync(() => world.Replicas("shop", "plain") > 0, git.Broken, git.Reconcile);
                world.Ups.StatusOverride = "OB DISCHRG";
                await cast.UntilAsync(() => git.AllAsleep, git.Broken, git.Reconcile);
                world.Ups.StatusOverride = "OL CHRG";
                await cast.UntilAsync(() => git.AllAwake, git.Broken, git.Reconcile);
                git.EndedAsItBegan();
            }
        );
        return (git.Broken, requests);
    }
}
