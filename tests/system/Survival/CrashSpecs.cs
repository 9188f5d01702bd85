using Ebb.Simulation.Faults;
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

    private static bool Long => Environment.GetEnvironmentVariable("EBB_LONG") == "1";

    [Fact]
    public async Task Without_a_crash_the_story_ends_as_it_began() =>
        Assert.Empty((await PlayAsync(null, false)).Broken);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_crash_at_any_request_changes_nothing_in_the_end(bool afterItWasDone)
    {
        var (_, requests) = await PlayAsync(null, false);
        Assert.InRange(requests, 50, 2000);
        // Every request when there is time; else every ninth, begun at another one each day.
        var step = Long ? 1 : 9;
        var points = Enumerable
            .Range(1, requests)
            .Where(k => k % step == (Long ? 0 : DateTime.UtcNow.DayOfYear % step))
            .ToList();
        List<string> broken = [];
        await Parallel.ForEachAsync(
            points,
            new ParallelOptions
            {
                MaxDegreeOfParallelism = 2,
                CancellationToken = TestContext.Current.CancellationToken,
            },
            async (point, _) =>
            {
                var (faults, _) = await PlayAsync(point, afterItWasDone);
                lock (broken)
                    broken.AddRange(faults.Select(fault => $"killed at request {point}: {fault}"));
            }
        );
        Assert.True(
            broken.Count == 0,
            $"{broken.Count} faults in {points.Count} crashes:{Environment.NewLine}{string.Join(Environment.NewLine, broken.Take(10))}"
        );
    }

    /// <summary>The whole story; <paramref name="killAt"/> counts the requests of Ebb from 1.</summary>
    private static async Task<(List<string> Broken, int Requests)> PlayAsync(int? killAt, bool afterItWasDone)
    {
        await using var world = await World.StartAsync(EveryKind.Manifests);
        var kinds = new EveryKind(world);
        var cast = new Cast(world, Hurried);
        var (sync, requests, dying) = (new Lock(), 0, 0);
        world.Ups.StatusOverride = "OL";

        world.Cluster.Faults.BeforeRequest = request =>
        {
            if (!IsEbb(request))
                return;
            lock (sync)
            {
                if (cast.IsDead)
                    throw new IOException("the process is gone");
                if (++requests != killAt)
                    return;
                dying = 1;
                if (afterItWasDone)
                    return;
                cast.Kill();
                throw new IOException("killed");
            }
        };
        world.Cluster.Faults.AfterApplied = request =>
        {
            if (!IsEbb(request))
                return;
            lock (sync)
            {
                kinds.Look(request);
                if (dying != 1 || !afterItWasDone)
                    return;
                dying = 2;
                cast.Kill();
                throw new IOException("killed before the answer");
            }
        };
        try
        {
            await cast.UntilAsync(() => world.Seconds > 75, kinds);
            world.Ups.StatusOverride = "OB DISCHRG";
            await cast.UntilAsync(() => kinds.AllAsleep, kinds);
            world.Ups.StatusOverride = "OL CHRG";
            await cast.UntilAsync(() => kinds.FirstWaveAwake, kinds);
            world.Ups.StatusOverride = "OB DISCHRG";
            await cast.UntilAsync(() => kinds.AllAsleep, kinds);
            world.Ups.StatusOverride = "OL CHRG";
            await cast.UntilAsync(() => kinds.AllAwake, kinds);
            kinds.EndedAsItBegan();
        }
        finally
        {
            world.Cluster.Faults.Clear();
            await cast.DisposeAsync();
        }
        return (kinds.Broken, requests);
    }

    private static bool IsEbb(LoggedRequest request) => request.UserAgent.StartsWith("ebb/", StringComparison.Ordinal);

    /// <summary>
    /// One process after the other: when one is killed, the next is started a second later, as Kubernetes would.
    /// </summary>
    private sealed class Cast(World world, IReadOnlyDictionary<string, string?> settings) : IAsyncDisposable
    {
        private const int Patience = 1500;
        private EbbProcess _process = EbbProcess.Start(world, settings);

        public bool IsDead { get; private set; }

        public void Kill()
        {
            IsDead = true;
            _process.Kill();
        }

        public async Task UntilAsync(Func<bool> condition, EveryKind kinds)
        {
            for (var i = 0; !condition(); i++)
            {
                Assert.True(
                    i < Patience,
                    $"not within {Patience} s: {_process.Path.View?.Plan.Phase} {_process.Path.View?.Plan.Reason}; {string.Join("; ", kinds.Broken.Take(3))}"
                );
                try
                {
                    await _process.StepAsync();
                }
                catch (Exception) when (IsDead)
                { /* whatever a dying process throws says nothing */
                }
                if (!IsDead)
                    continue;
                await _process.DisposeAsync();
                world.Clock.Advance(TimeSpan.FromSeconds(1));
                _process = EbbProcess.Start(world, settings);
                IsDead = false;
            }
        }

        public ValueTask DisposeAsync() => _process.DisposeAsync();
    }
}
