using System.Globalization;
using Ebb.Simulation.Store;
using Ebb.Tests.Survival;

namespace Ebb.Tests.Harness;

/// <summary>Two replicas, or more, in one world, stepped in turn.</summary>
internal sealed class ReplicaPair(World world, List<EbbProcess> replicas) : IAsyncDisposable
{
    public World World => world;

    public EveryKind Kinds { get; } = new(world);

    public ClusterStore Store => world.Cluster.Store;

    public EbbProcess Leader => replicas.Single(r => r.Path.Leads);

    public EbbProcess Other => replicas.First(r => !r.Path.Leads);

    /// <summary>Either of them.</summary>
    public EbbProcess Any(Random random) => replicas[random.Next(replicas.Count)];

    public static async Task<ReplicaPair> StartAsync(IReadOnlyDictionary<string, string?> settings, int replicas = 2)
    {
        var world = await World.StartAsync(EveryKind.Manifests);
        var pair = new ReplicaPair(
            world,
            [.. Enumerable.Range(0, replicas).Select(_ => EbbProcess.Start(world, settings))]
        );
        world.Ups.StatusOverride = "OL";
        for (var i = 0; i < 20; i++)
            await pair.StepAsync();
        return pair;
    }

    public async Task StepAsync()
    {
        world.Clock.Advance(TimeSpan.FromSeconds(1));
        foreach (var replica in replicas)
            await replica.TurnAsync();
    }

    public async Task UntilAsync(Func<bool> condition, Func<string>? told = null)
    {
        for (var i = 0; i < 600 && !condition(); i++)
            await StepAsync();
        Assert.True(
            condition(),
            string.Join(" | ", replicas.Select(r => $"{r.Path.Leads} {r.View.Plan.Phase}: {r.View.Plan.Reason}"))
                + Environment.NewLine
                + string.Join(Environment.NewLine, Kinds.Broken)
                + Phases()
                + (told is null ? "" : $"{Environment.NewLine}{told()}")
        );
    }

    /// <summary>Kills it and starts another one in its place.</summary>
    public async Task RestartAsync(EbbProcess lost, IReadOnlyDictionary<string, string?> settings)
    {
        var at = replicas.IndexOf(lost);
        lost.Kill();
        await lost.DisposeAsync();
        replicas[at] = EbbProcess.Start(world, settings);
        await StepAsync();
    }

    /// <summary>As a power cut of its machine would: its Lease runs out.</summary>
    public async Task LoseLeaderAsync()
    {
        var lost = Leader;
        replicas.Remove(lost);
        lost.Kill();
        await lost.DisposeAsync();
        await UntilAsync(() => replicas[0].Path.Leads);
    }

    public string Phases() =>
        string.Join(
            ", ",
            Store
                .List("powerorders.ebb.dev")
                .OrderBy(o => (string?)o["metadata"]!["name"], StringComparer.Ordinal)
                .Select(o =>
                    CultureInfo.InvariantCulture.TextInfo.ToTitleCase((string)o["spec"]!["action"]!)
                    + $" {o["status"]?["phase"]}"
                )
        );

    public async ValueTask DisposeAsync()
    {
        foreach (var replica in replicas)
            await replica.DisposeAsync();
        await world.DisposeAsync();
    }
}
