using System.Text.Json.Nodes;
using Ebb.Core.Ports;
using Ebb.Kubernetes.Baselines;
using Ebb.Simulation;
using Ebb.Simulation.Clock;
using Ebb.Simulation.Ups;

namespace Ebb.Tests.Harness;

/// <summary>
/// A simulated cluster and UPS on one clock that only the test moves. Everything in it is reached over real sockets.
/// </summary>
internal sealed class World : IAsyncDisposable
{
    public static readonly DateTimeOffset Beginning = new(2026, 1, 15, 12, 0, 0, TimeSpan.Zero);

    private World(SimulationClock clock, SimulatedCluster cluster, SimulatedUps ups)
    {
        (Clock, Cluster, Ups) = (clock, cluster, ups);
        Kubeconfig = Path.Combine(Path.GetTempPath(), $"ebb-test-{Guid.NewGuid():N}.kubeconfig");
        Token = cluster.TokenFor("ebb-system", "ebb-operator");
        File.WriteAllText(Kubeconfig, cluster.KubeconfigFor(Token));
    }

    public SimulationClock Clock { get; }

    public SimulatedCluster Cluster { get; }

    public SimulatedUps Ups { get; }

    /// <summary>
    /// The file through which the real adapter finds the cluster, with the rights that deploy/base gives it and no
    /// others.
    /// </summary>
    public string Kubeconfig { get; }

    public string Token { get; }

    /// <summary>
    /// The holds on Baselines that a process shows: not those that it has taken back and cannot let go of yet.
    /// </summary>
    public IEnumerable<(string? By, string? Version)> ShownBy(IBaselines store)
    {
        var hidden = ((BaselineStore)store).TakenBack.Select(key =>
            (BaselineName.Of(key), BaselineName.Word(key.Source))
        );
        return Cluster
            .Store.Read(
                "baselines.ebb.dev",
                baseline =>
                    Holders(baseline)
                        .Select(by =>
                            (
                                Name: (string)baseline["metadata"]!["name"]!,
                                By: by,
                                Version: (string?)baseline["metadata"]!["resourceVersion"]
                            )
                        )
                        .ToList()
            )
            .SelectMany(holds => holds)
            .Where(hold => !hidden.Contains((hold.Name, hold.By)))
            .Select(hold => ((string?)hold.By, hold.Version));
    }

    /// <summary>Who holds a Baseline; one that does not say it is held by who wrote it.</summary>
    public static IReadOnlyList<string> Holders(JsonNode baseline) =>
        baseline["status"]?["heldBy"] is JsonArray { Count: > 0 } holders
            ? [.. holders.Select(holder => (string)holder!)]
            : [(string?)baseline["spec"]?["by"] ?? "power"];

    public double Seconds => (Clock.GetUtcNow() - Beginning).TotalSeconds;

    /// <param name="manifests">What is there, beside the roles of deploy/base.</param>
    /// <param name="options">Changes those of the simulation.</param>
    /// <param name="granted">False: without the roles of deploy/base, since somebody installs Ebb later.</param>
    public static async Task<World> StartAsync(
        string manifests,
        Func<SimulationOptions, SimulationOptions>? options = null,
        bool granted = true
    )
    {
        var clock = SimulationClock.ByHand(Beginning);
        var chosen = new SimulationOptions
        {
            Clock = clock,
            World = "",
            WireTime = TimeProvider.System,
            EnforceRbac = true,
        };
        var cluster = await SimulatedCluster.StartAsync(
            options?.Invoke(chosen) ?? chosen,
            TestContext.Current.CancellationToken
        );
        await cluster.ApplyManifestAsync("apiVersion: v1\nkind: Namespace\nmetadata: {name: ebb-system}\n");
        if (granted)
            await cluster.ApplyManifestAsync(
                await File.ReadAllTextAsync(Path.Combine(Repository.Root, "deploy/base/roles.yaml"))
            );
        await cluster.ApplyManifestAsync(manifests);
        cluster.Step();
        // Pods of the manifests take their seconds to start, before anybody looks.
        clock.Advance(TimeSpan.FromSeconds(60));
        var ups = await SimulatedUps.StartAsync(0, clock, new SimulatedUpsOptions());
        return new World(clock, cluster, ups);
    }

    public async ValueTask DisposeAsync()
    {
        await Ups.DisposeAsync();
        await Cluster.DisposeAsync();
        Assert.Empty(Cluster.ControllerFaults);
        File.Delete(Kubeconfig);
    }
}
