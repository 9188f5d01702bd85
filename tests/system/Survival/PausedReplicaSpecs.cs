using System.Diagnostics;
using Ebb.Tests.Harness;

namespace Ebb.Tests.Survival;

/// <summary>
/// A leader whose process stands still for longer than its term (SIGSTOP: a machine that swaps, a virtual machine that
/// is moved) and then goes on where it was, with everything it believed then.
/// </summary>
public sealed class PausedReplicaSpecs
{
    private const string Key = "control-key-0123456789";
    private const string KedasOwn = "queue 0";

    [LongTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task It_goes_on_as_a_follower_and_nothing_is_done_twice(bool inTheWaking)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "SIGSTOP");
        await using var world = await World.StartAsync(EveryKind.Manifests);
        var (kinds, sync, sized) = (new EveryKind(world), new Lock(), new List<string>());
        world.Cluster.Faults.AfterApplied = request =>
        {
            lock (sync)
            {
                kinds.Look(request);
                if (request.IsWrite && request.Path.EndsWith("/scale", StringComparison.Ordinal))
                    sized.Add(Sized(request.Path.Split('/')));
            }
        };
        await using var first = await StartAsync(world);
        await using var second = await StartAsync(world);
        await UntilAsync(first, () => LeaderAsync(first, second), leader => leader is not null, "one leads");
        await first.UntilPhaseAsync("normal");
        await second.UntilPhaseAsync("normal");

        world.Ups.StatusOverride = "OB DISCHRG";
        if (inTheWaking)
        {
            await AsleepAsync();
            world.Ups.StatusOverride = "OL CHRG";
            await UntilAsync(first, () => Task.FromResult(kinds.FirstWaveAwake), awake => awake, "the first is awake");
        }
        else
            await UntilAsync(
                first,
                () => Task.FromResult(world.Cluster.Store.Count("baselines.ebb.dev")),
                count => count >= 3,
                "the first wave has begun"
            );
        var leader = (await LeaderAsync(first, second))!;
        var other = leader == first ? second : first;
        await SignalAsync(leader, "STOP");
        try
        {
            if (!inTheWaking)
                await AsleepAsync(other);
            else
                await AwakeAsync(other);
        }
        finally
        {
            await SignalAsync(leader, "CONT");
        }
        await UntilAsync(leader, () => LeadsAsync(leader), leads => leads == false, "it knows that it does not lead");
        world.Ups.StatusOverride = "OL CHRG";
        await AwakeAsync(other);
        kinds.EndedAsItBegan();
        lock (sync)
        {
            Assert.Empty(kinds.Broken);
            // KEDA brings what is paused at 0 there itself, and is faster where the machine is slow.
            Assert.InRange(sized.Count(write => write == KedasOwn), 0, 1);
            Assert.Equal(
                ["cache 0", "cache 2", "elastic 0", "elastic 3", "queue 2", "web 0", "web 3"],
                sized.Where(write => write != KedasOwn).Order()
            );
        }

        string Sized(string[] path) =>
            $"{path[^2]} {world.Cluster.Store.Get($"{path[^3]}.apps", path[^4], path[^2])!["spec"]!["replicas"]}";
        Task AsleepAsync(RealProcess? process = null) =>
            UntilAsync(process ?? first, () => Task.FromResult(kinds.AllAsleep), all => all, "all are asleep");
        Task AwakeAsync(RealProcess process) =>
            UntilAsync(process, () => Task.FromResult(kinds.AllAwake), all => all, "all are awake");

        async Task UntilAsync<T>(RealProcess process, Func<Task<T>> look, Func<T, bool> holds, string what) =>
            await process.UntilAsync(
                async () =>
                {
                    world.Clock.Advance(TimeSpan.FromMilliseconds(250));
                    return holds(await look());
                },
                what
            );
    }

    private static async Task<RealProcess> StartAsync(World world)
    {
        var process = await RealProcess.FunctionsAsync(
            new Dictionary<string, string>
            {
                ["Cluster__Mode"] = "kubeconfig",
                ["KUBECONFIG"] = world.Kubeconfig,
                ["Power__Sources__0"] = $"nut://127.0.0.1:{world.Ups.Port}/{world.Ups.Name}",
                ["Power__OnBatteryFor"] = "1s",
                ["Power__MainsFor"] = "1s",
                ["Power__RestoreCharge"] = "0",
                ["Power__WaveTimeout"] = "120s",
                ["Keys__View"] = "view-key-0123456789",
                ["Keys__Control"] = Key,
            },
            Key
        );
        process.Http.DefaultRequestHeaders.Add("x-functions-key", Key);
        return process;
    }

    private static async Task<RealProcess?> LeaderAsync(params RealProcess[] replicas)
    {
        foreach (var replica in replicas)
            if (await LeadsAsync(replica) == true)
                return replica;
        return null;
    }

    private static async Task<bool?> LeadsAsync(RealProcess replica) =>
        (bool?)(await replica.TryGetAsync("/api/status"))?["leading"];

    private static async Task SignalAsync(RealProcess process, string signal)
    {
        using var kill = Process.Start("kill", ["-" + signal, $"{process.Process.Id}"]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, kill.ExitCode);
    }
}
