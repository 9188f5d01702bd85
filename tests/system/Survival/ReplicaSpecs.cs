using Ebb.Kubernetes.Api;
using Ebb.Tests.Harness;

namespace Ebb.Tests.Survival;

/// <summary>
/// Two replicas, and one of them is lost at a moment of chance: killed, or cut off from the API server while it
/// believes itself well.
/// </summary>
public sealed class ReplicaSpecs
{
    private static readonly Dictionary<string, string?> Hurried = new()
    {
        ["Power__OnBatteryFor"] = "2s",
        ["Power__MainsFor"] = "3s",
        ["Power__WaveTimeout"] = "120s",
    };

    private static readonly KubernetesApiOptions Impatient = new()
    {
        AttemptTimeout = TimeSpan.FromMilliseconds(250),
        WriteDeadline = TimeSpan.FromMilliseconds(400),
        Attempts = 2,
    };

    [LongTheory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    [InlineData(4, true)]
    [InlineData(5, true)]
    [InlineData(6, false)]
    public async Task The_lease_passes_and_nothing_is_done_twice(int seed, bool cut)
    {
        var chance = new Random(seed);
        await using var world = await World.StartAsync(EveryKind.Manifests);
        var (kinds, sync) = (new EveryKind(world), new Lock());
        world.Cluster.Faults.AfterApplied = request =>
        {
            lock (sync)
                kinds.Look(request);
        };
        List<Relay> wires = [new(world.Cluster.Address.Port), new(world.Cluster.Address.Port)];
        List<EbbProcess> replicas = [.. wires.Select(wire => EbbProcess.Start(world, Hurried, Impatient, wire: wire))];
        var lost = -1;
        var steps = 0;
        var at = 17 + chance.Next(22);
        try
        {
            world.Ups.StatusOverride = "OL";
            await UntilAsync(() => world.Seconds > 75);
            world.Ups.StatusOverride = "OB";
            await UntilAsync(() => kinds.AllAsleep);
            world.Ups.StatusOverride = "OL CHRG";
            await UntilAsync(() => kinds.AllAwake);
            kinds.EndedAsItBegan();
            Assert.Empty(kinds.Broken);
            Assert.True(lost >= 0, $"the outage was over after {steps} steps, before one was lost at {at}");
            // A workload is put to sleep once and woken once, whoever does it: 2 for each of 9 that change, 4 for the
            // paused one.
            Assert.InRange(
                world.Cluster.Requests.All.Count(r =>
                    r.Path.EndsWith("/scale", StringComparison.Ordinal) && r is { IsWrite: true, Status: 200 }
                ),
                8,
                8
            );
        }
        finally
        {
            foreach (var replica in replicas.Where((_, n) => n != lost || cut))
                await replica.DisposeAsync();
            foreach (var wire in wires)
                await wire.DisposeAsync();
        }

        async Task UntilAsync(Func<bool> condition)
        {
            for (var i = 0; !condition(); i++)
            {
                Assert.True(
                    i < 600,
                    $"not within 600 s: {string.Join(" | ", replicas.Select(r => $"{r.Path.Leads} {r.Path.View?.Plan.Phase}: {r.Path.View?.Plan.Reason}"))}"
                );
                if (++steps == at)
                    await LoseAsync();
                world.Clock.Advance(TimeSpan.FromSeconds(1));
                for (var r = 0; r < replicas.Count; r++)
                    if (r == lost)
                    {
                        if (cut)
                            await replicas[r].BlindTurnAsync();
                    }
                    else
                        await replicas[r].TurnAsync();
                Assert.InRange(replicas.Where((r, n) => n != lost || cut).Count(r => r.Path.Leads), 0, 1);
            }
        }

        async Task LoseAsync()
        {
            lost = chance.Next(2);
            if (cut)
                wires[lost].Cut = true;
            else
                await replicas[lost].DisposeAsync();
        }
    }
}
