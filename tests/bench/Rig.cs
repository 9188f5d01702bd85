using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Ebb.Simulation;
using Ebb.Simulation.Clock;
using Ebb.Simulation.Ups;

namespace Ebb.Bench;

/// <summary>A simulated cluster of a given size in this process, and the real program beside it.</summary>
internal sealed class Rig : IAsyncDisposable
{
    private Rig(SimulatedCluster cluster, SimulatedUps ups, string kubeconfig) =>
        (Cluster, Ups, Kubeconfig) = (cluster, ups, kubeconfig);

    public SimulatedCluster Cluster { get; }

    public SimulatedUps Ups { get; }

    public string Kubeconfig { get; }

    public static async Task<Rig> StartAsync(int workloads)
    {
        var clock = new SimulationClock(DateTimeOffset.UtcNow, 1);
        var cluster = await SimulatedCluster.StartAsync(
            new SimulationOptions { Clock = clock, World = "" },
            CancellationToken.None
        );
        cluster.ControllersRun = false;
        await cluster.ApplyManifestAsync(Manifests(workloads));
        cluster.ControllersRun = true;
        var ups = await SimulatedUps.StartAsync(0, clock);
        var kubeconfig = Path.GetTempFileName();
        await File.WriteAllTextAsync(kubeconfig, cluster.Kubeconfig);
        return new Rig(cluster, ups, kubeconfig);
    }

    private static string Manifests(int workloads)
    {
        var text = new StringBuilder("apiVersion: v1\nkind: Namespace\nmetadata: {name: ebb-system}\n");
        for (var i = 0; i < workloads; i++)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $$"""
                ---
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: app-{{i}}, namespace: bench}
                spec:
                  replicas: 0
                  selector: {matchLabels: {app: app-{{i}} } }
                  template: {metadata: {labels: {app: app-{{i}} } }, spec: {containers: [{name: c, image: example/app:1}] } }
                ---
                apiVersion: ups-scaler.io/v1alpha1
                kind: UpsScaler
                metadata: {name: app-{{i}}, namespace: bench}
                spec: {type: deployment, namespace: bench, name: app-{{i}}, shutdownPriority: {{i
                    % 5}}, scaleUpPriority: {{i % 5}} }

                """
            );
        }
        return text.ToString();
    }

    /// <summary>
    /// The program published ReadyToRun, as a child; gives the time from its start to its first answer.
    /// </summary>
    public async Task<(Process Process, TimeSpan FirstAnswer, HttpClient Http)> LaunchAsync(string app)
    {
        var port = FreePort();
        var start = new ProcessStartInfo(app) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (
            var (name, value) in new Dictionary<string, string>
            {
                ["Cluster__Mode"] = "kubeconfig",
                ["KUBECONFIG"] = Kubeconfig,
                ["Http__Url"] = $"http://127.0.0.1:{port}",
                ["Keys__View"] = "bench-view-key-0123",
                ["Keys__Control"] = "bench-control-key-0123",
                ["Power__Sources__0"] = $"nut://127.0.0.1:{Ups.Port}/{Ups.Name}",
                ["Power__OnBatteryFor"] = "0s",
            }
        )
            start.Environment[name] = value;
        var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        http.DefaultRequestHeaders.Add("x-functions-key", "bench-view-key-0123");
        var since = Stopwatch.GetTimestamp();
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        while (true)
        {
            try
            {
                using var answer = await http.GetAsync("/");
                return (process, Stopwatch.GetElapsedTime(since), http);
            }
            catch (HttpRequestException)
                when (Stopwatch.GetElapsedTime(since) < TimeSpan.FromSeconds(30) && !process.HasExited)
            {
                await Task.Delay(2);
            }
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public async ValueTask DisposeAsync()
    {
        await Ups.DisposeAsync();
        await Cluster.DisposeAsync();
        File.Delete(Kubeconfig);
    }
}
