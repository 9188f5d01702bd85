using System.Globalization;
using Ebb.Simulation;
using Ebb.Simulation.Clock;
using Ebb.Simulation.Ups;

namespace Ebb.Tests.Harness;

/// <summary>
/// The world of the demo on a clock that runs by itself, for a process that knows nothing of the simulation.
/// </summary>
internal sealed class LiveWorld : IAsyncDisposable
{
    public const string ViewKey = "view-key-0123456789";
    public const string ControlKey = "control-key-0123456789";
    private readonly string _kubeconfig = Path.Combine(Path.GetTempPath(), $"ebb-test-{Guid.NewGuid():N}.kubeconfig");
    private readonly double _speed;

    private LiveWorld(SimulatedCluster cluster, SimulatedUps ups, double speed)
    {
        (Cluster, Ups, _speed) = (cluster, ups, speed);
        File.WriteAllText(_kubeconfig, cluster.KubeconfigFor(cluster.TokenFor("ebb-system", "ebb-operator")));
    }

    public SimulatedCluster Cluster { get; }

    public SimulatedUps Ups { get; }

    /// <param name="environment">Of the process; the speed of the simulation is taken from it.</param>
    public static async Task<LiveWorld> StartAsync(IReadOnlyDictionary<string, string> environment)
    {
        var speed = environment.TryGetValue("Simulation__Speed", out var text)
            ? double.Parse(text, CultureInfo.InvariantCulture)
            : 1;
        var clock = new SimulationClock(DateTimeOffset.UtcNow, speed);
        var cluster = await SimulatedCluster.StartAsync(
            new SimulationOptions { Clock = clock, EnforceRbac = true },
            TestContext.Current.CancellationToken
        );
        await cluster.ApplyManifestAsync("apiVersion: v1\nkind: Namespace\nmetadata: {name: ebb-system}\n");
        await cluster.ApplyManifestAsync(
            await File.ReadAllTextAsync(Path.Combine(Repository.Root, "deploy/base/roles.yaml"))
        );
        return new LiveWorld(cluster, await SimulatedUps.StartAsync(0, clock), speed);
    }

    /// <summary>Its place, its keys, and times that are as short as the world is fast.</summary>
    public Dictionary<string, string> Settings(int port) =>
        new()
        {
            ["Http__Url"] = $"http://127.0.0.1:{port}",
            ["Cluster__Mode"] = "kubeconfig",
            ["KUBECONFIG"] = _kubeconfig,
            ["Power__Sources__0"] = $"nut://127.0.0.1:{Ups.Port}/{Ups.Name}",
            ["Power__OnBatteryFor"] = Short(5),
            ["Power__MainsFor"] = Short(60),
            ["Power__DeadTime"] = Short(15),
            ["Keys__View"] = ViewKey,
            ["Keys__Control"] = ControlKey,
        };

    /// <summary>The settings of a test without those that only the simulation's own process has.</summary>
    public IReadOnlyDictionary<string, string> WithoutSimulation(IReadOnlyDictionary<string, string> environment) =>
        environment
            .Where(s =>
                !s.Key.StartsWith("Simulation__", StringComparison.Ordinal)
                && !(s.Key == "Cluster__Mode" && s.Value == "simulation")
            )
            .ToDictionary();

    public async ValueTask DisposeAsync()
    {
        await Ups.DisposeAsync();
        await Cluster.DisposeAsync();
        File.Delete(_kubeconfig);
    }

    private string Short(double seconds) =>
        $"{(seconds * 1000 / _speed).ToString("0", CultureInfo.InvariantCulture)}ms";
}
