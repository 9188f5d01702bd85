using Ebb.Core.Overrides;
using Ebb.Core.Ports;
using Ebb.Core.Power;
using Ebb.Tests.Harness;
using NodaTime;

namespace Ebb.Tests.Orders;

/// <summary>
/// Orders and overrides given to random replicas at random moments, with outages and restarts in between, against a
/// model of a few lines: power that is gone or a shutdown that stands means asleep, a hold means that nothing is
/// written, else everything is what it was or what a person asked. All workloads end as they began.
/// </summary>
public sealed class RandomHistorySpecs
{
    private static readonly Dictionary<string, string?> Hurried = new()
    {
        ["Power__OnBatteryFor"] = "2s",
        ["Power__MainsFor"] = "3s",
        ["Power__WaveTimeout"] = "60s",
    };

    /// <summary>What may be overridden, and to what.</summary>
    private static readonly string[] Names = ["web", "idle", "elastic", "queue"];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<int> Seeds() => [.. Enumerable.Range(1, Count)];

    /// <summary>EBB_HISTORIES asks for another number: a thousand take half an hour.</summary>
    private static int Count =>
        int.TryParse(Environment.GetEnvironmentVariable("EBB_HISTORIES"), out var asked)
            ? asked
            : Environment.GetEnvironmentVariable("EBB_LONG") switch
            {
                "1" => 60,
                "2" => 1_000,
                _ => 2,
            };

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task What_was_stored_happens_and_all_ends_as_it_began(int seed)
    {
        var random = new Random(seed);
        await using var pair = await ReplicaPair.StartAsync(Hurried, replicas: 2 + (seed % 2));
        Dictionary<string, int> overridden = [];
        List<string> history = [];
        var (mains, shutdown, held) = (true, false, false);
        for (var i = 0; i < 14; i++)
        {
            var asked = pair.Any(random);
            var name = Names[random.Next(Names.Length)];
            switch (random.Next(10))
            {
                case 0 or 1 or 2:
                    var size = random.Next(1, 6);
                    var present = asked.Book.Find("deployment", "shop", name);
                    var (stored, result) = await asked.Book.PutAsync(Asked(pair, name, size), present, Stop);
                    history.Add($"{name} to {size}: {result.Outcome}");
                    if (stored is not null)
                        overridden[name] = size;
                    else
                        Assert.Equal(WriteOutcome.Conflict, result.Outcome);
                    break;
                case 3 when overridden.ContainsKey(name) && asked.Book.Find("deployment", "shop", name) is { } there:
                    Assert.Equal(WriteOutcome.Done, (await asked.Book.DeleteAsync(there, Stop)).Outcome);
                    history.Add($"{name} taken back");
                    overridden.Remove(name);
                    break;
                case 4:
                    mains = !mains;
                    pair.World.Ups.StatusOverride = mains ? "OL CHRG" : "OB DISCHRG";
                    history.Add(mains ? "mains on" : "mains off");
                    break;
                case 5 when mains && !shutdown:
                    await asked.AskAsync(OrderAction.Shutdown, "a shutdown");
                    history.Add("shutdown");
                    shutdown = true;
                    break;
                case 6 when shutdown && mains:
                    await asked.AskAsync(OrderAction.Restore, "a restore");
                    history.Add("restore");
                    shutdown = false;
                    break;
                case 7:
                    if (held)
                        await asked.ReleaseAsync("released");
                    else
                        await asked.AskAsync(OrderAction.Hold, "a hold");
                    held = !held;
                    history.Add(held ? "hold" : "release");
                    break;
                case 8:
                    await pair.RestartAsync(asked, Hurried);
                    history.Add("restart");
                    break;
            }
            for (var steps = random.Next(1, 25); steps > 0; steps--)
                await pair.StepAsync();
            if (random.Next(4) != 0)
                continue;
            await IsAsTheModelSaysAsync();
            if (mains && !shutdown && !held)
            {
                await pair.Any(random).AskAsync(OrderAction.Drill, "a drill");
                history.Add("drill");
                await pair.UntilAsync(() => pair.Kinds.AllAsleep, Told);
                await IsAsTheModelSaysAsync();
            }
        }

        pair.World.Ups.StatusOverride = "OL CHRG";
        await pair.Any(random).ReleaseAsync("the end");
        for (var i = 0; i < 5; i++)
            await pair.StepAsync();
        await pair.Any(random).AskAsync(OrderAction.Restore, "the end");
        (mains, shutdown, held) = (true, false, false);
        await IsAsTheModelSaysAsync();
        var told = Told();
        foreach (var name in overridden.Keys)
        {
            var stored = pair.Any(random).Book.Find("deployment", "shop", name);
            Assert.True(stored is not null, $"{told}: the override of {name} is gone");
            Assert.Equal(WriteOutcome.Done, (await pair.Any(random).Book.DeleteAsync(stored, Stop)).Outcome);
        }
        // An autoscaler goes on from what it finds, in its own time.
        await pair.UntilAsync(() => pair.Store.Count("baselines.ebb.dev") == 0 && pair.Kinds.IsAsItBegan, () => told);
        pair.Kinds.EndedAsItBegan();
        Assert.Empty(pair.Kinds.Broken);

        string Told() =>
            $"{string.Join(", ", history)}; wanted {string.Join(", ", overridden)}; found "
            + string.Join(", ", Names.Select(n => $"{n} {Replicas(pair, n)}"));

        async Task IsAsTheModelSaysAsync()
        {
            history.Add("look");
            if (held)
            {
                // What was sent before the hold was seen may still arrive.
                for (var steps = 0; steps < 3; steps++)
                    await pair.StepAsync();
                var written = Written(pair);
                for (var steps = 0; steps < 10; steps++)
                    await pair.StepAsync();
                Assert.True(Written(pair) == written, $"written in a hold: {Told()}");
            }
            else if (!mains || shutdown)
                await pair.UntilAsync(() => pair.Kinds.AllAsleep, Told);
            else
                await pair.UntilAsync(
                    () => PowerHasNothing(pair) && overridden.All(one => Replicas(pair, one.Key) == one.Value),
                    Told
                );
        }
    }

    private static int Written(ReplicaPair pair) =>
        pair.World.Cluster.Requests.CountOf(r =>
            r.IsWrite && r.Status == 200 && r.Path.EndsWith("/scale", StringComparison.Ordinal)
        );

    private static bool PowerHasNothing(ReplicaPair pair) =>
        pair.Store.List("baselines.ebb.dev").All(b => World.Holders(b) is ["override"]);

    private static int? Replicas(ReplicaPair pair, string name) =>
        (int?)pair.Store.Get("deployments.apps", "shop", name)!["spec"]!["replicas"];

    private static Override Asked(ReplicaPair pair, string name, int replicas) =>
        new()
        {
            Kind = "deployment",
            Namespace = "shop",
            Name = name,
            Effect = OverrideEffect.Replicas,
            Replicas = replicas,
            Reason = "a test",
            At = Instant.FromDateTimeOffset(pair.World.Clock.GetUtcNow()),
            Until = Instant.FromDateTimeOffset(pair.World.Clock.GetUtcNow()) + Duration.FromHours(8),
        };
}
