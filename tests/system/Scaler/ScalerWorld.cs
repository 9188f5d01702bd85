using System.Net;
using Ebb.Kubernetes.Capacity;
using Ebb.Kubernetes.Connection;
using Ebb.Scaler;
using Ebb.Scaler.Answers;
using Ebb.Scaler.Calls;
using Ebb.Scaler.Settings;
using Ebb.Simulation;
using Ebb.Simulation.World.Keda;
using Ebb.Tests.Harness;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Ebb.Tests.Scaler;

/// <summary>
/// A simulated cluster with KEDA's loop, and the scaler beside it on real sockets, on one clock that only the test
/// moves.
/// </summary>
internal sealed class ScalerWorld : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private string? _kubeconfig;

    private ScalerWorld(World world, int port, int httpPort) =>
        (World, Port, Http) = (world, port, new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{httpPort}") });

    public World World { get; }

    public int Port { get; }

    public HttpClient Http { get; }

    public ExternalScalerClient Keda { get; } = new();

    public WebApplication? App { get; private set; }

    public ScalerCluster Cluster => App!.Services.GetRequiredService<ScalerCluster>();

    public static async Task<ScalerWorld> StartAsync(
        string manifests,
        Func<SimulationOptions, SimulationOptions>? options = null,
        bool started = true
    )
    {
        var (port, httpPort) = (FreePort.Take(), FreePort.Take());
        var world = await World.StartAsync(
            manifests.Replace("SCALER", $"127.0.0.1:{port}", StringComparison.Ordinal),
            options
        );
        await world.Cluster.ApplyManifestAsync(
            await File.ReadAllTextAsync(Path.Combine(Repository.Root, "deploy/components/scaler/scaler-roles.yaml"))
        );
        var all = new ScalerWorld(world, port, httpPort);
        world.Cluster.Scalers.Use("external", all.Keda);
        world.Cluster.Scalers.Use("external-push", all.Keda);
        if (started)
            await all.StartScalerAsync();
        return all;
    }

    public async Task StartScalerAsync(CallLimits? limits = null, TlsFiles? tls = null, bool wait = true)
    {
        App = ScalerHost.Build(Settings(tls), ClusterConnection(), World.Clock, TimeProvider.System, limits);
        await App.StartAsync(TestContext.Current.CancellationToken);
        if (wait)
            await UntilAsync(() => App.Services.GetRequiredService<Readiness>().IsReady, "the scaler is ready");
    }

    /// <summary>Another replica as a process of its own, when it is ready; KEDA does not ask this one.</summary>
    public Task<RealProcess> LaunchReplicaAsync()
    {
        var http = new Uri($"http://127.0.0.1:{FreePort.Take()}");
        return LaunchScalerAsync(http, ("Grpc__Url", $"http://127.0.0.1:{FreePort.Take()}"), ("Http__Url", $"{http}"));
    }

    /// <summary>The scaler as a process of its own, when it is ready.</summary>
    public Task<RealProcess> LaunchScalerAsync(params (string Name, string Value)[] environment) =>
        LaunchScalerAsync(Http.BaseAddress!, environment);

    private async Task<RealProcess> LaunchScalerAsync(Uri http, params (string Name, string Value)[] environment)
    {
        _kubeconfig ??= Path.Combine(Path.GetTempPath(), $"ebb-test-{Guid.NewGuid():N}.kubeconfig");
        await File.WriteAllTextAsync(
            _kubeconfig,
            World.Cluster.KubeconfigFor(World.Cluster.TokenFor("ebb-system", "ebb-scaler"))
        );
        var settings = new Dictionary<string, string>
        {
            ["KUBECONFIG"] = _kubeconfig,
            ["Grpc__Url"] = $"http://127.0.0.1:{Port}",
            ["Http__Url"] = Http.BaseAddress!.ToString(),
        };
        foreach (var (name, value) in environment)
            settings[name] = value;
        var process = RealProcess.Launch("scaler", "Ebb.Scaler", settings);
        await process.UntilAsync(() => IsReadyAsync(new Uri(http, "/readyz")), "it is ready");
        return process;
    }

    private async Task<bool> IsReadyAsync(Uri page)
    {
        try
        {
            using var answer = await Http.GetAsync(page, TestContext.Current.CancellationToken);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            // It does not listen yet.
            return false;
        }
    }

    public async Task StopScalerAsync()
    {
        if (App is null)
            return;
        await App.StopAsync(TestContext.Current.CancellationToken);
        await App.DisposeAsync();
        App = null;
    }

    /// <summary>A trigger as it stands in the cluster, asked about as KEDA does.</summary>
    public ScalerQuestion Question(string ns, string name, int trigger = 0)
    {
        var written = World.Cluster.Store.Get("scaledobjects.keda.sh", ns, name)!["spec"]!["triggers"]![trigger]!;
        return new ScalerQuestion(
            ns,
            name,
            trigger,
            (string)written["type"]!,
            written["metadata"]!.AsObject().ToDictionary(p => p.Key, p => (string)p.Value!)
        );
    }

    /// <summary>Second by second, each to its end: what KEDA asks is answered before the next one begins.</summary>
    public async Task StepAsync(double seconds)
    {
        for (var i = 0; i < seconds; i++)
        {
            World.Clock.Advance(TimeSpan.FromSeconds(1));
            await SettleAsync();
        }
    }

    /// <summary>Nothing is asked any more, and the scaler has seen what the cluster shows.</summary>
    public async Task SettleAsync()
    {
        var quiet = 0;
        await UntilAsync(() => (quiet = Keda.InFlight == 0 ? quiet + 1 : 0) > 2, "KEDA is answered");
    }

    public long Replicas(string ns, string name) =>
        (long?)World.Cluster.Store.Get("deployments.apps", ns, name)?["spec"]?["replicas"] ?? 1;

    public static async Task UntilAsync(Func<bool> holds, string what, Func<string>? found = null)
    {
        var since = System.Diagnostics.Stopwatch.StartNew();
        while (!holds())
        {
            Assert.True(
                since.Elapsed < Patience,
                $"not within {Patience.TotalSeconds:0} s: {what}{(found is null ? "" : $"; found {found()}")}"
            );
            await Task.Delay(2, TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopScalerAsync();
        Keda.Dispose();
        Http.Dispose();
        if (_kubeconfig is not null)
            File.Delete(_kubeconfig);
        await World.DisposeAsync();
    }

    private ScalerSettings Settings(TlsFiles? tls) =>
        new()
        {
            GrpcUrl = new Uri($"http://127.0.0.1:{Port}"),
            HttpUrl = Http.BaseAddress!,
            Tls = tls,
            Cluster = new ClusterSettings(ClusterMode.Kubeconfig, World.Kubeconfig),
            StateNamespace = "ebb-system",
            AdminNamespaces = ["ebb-system"],
            Act = true,
            Reserve = "15%",
        };

    // With the rights that deploy/base gives it and no others.
    private ClusterConnection ClusterConnection() =>
        Ebb.Kubernetes.Connection.ClusterConnection.To(
            World.Cluster.Address,
            World.Cluster.TokenFor("ebb-system", "ebb-scaler")
        );
}
