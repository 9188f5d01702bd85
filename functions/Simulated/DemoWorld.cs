using Ebb.Engine;
using Ebb.Engine.Capacity;
using Ebb.Engine.Clocks;
using Ebb.Engine.Dashboard;
using Ebb.Kubernetes.Connection;
using Ebb.Metrics;
using Ebb.Nut;
using Ebb.Simulation;
using Ebb.Simulation.Clock;
using Ebb.Simulation.Ups;
using Ebb.Simulation.World.Keda;

namespace Ebb.Functions.Simulated;

/// <summary>
/// A cluster and a UPS to try everything on, on real sockets of this machine. The only file that knows the simulation;
/// the rest
/// of this process speaks to it as it would to any cluster.
/// </summary>
internal sealed class DemoWorld : IAsyncDisposable, IDemoControls
{
    private readonly SimulatedCluster _cluster;
    private readonly SimulatedUps _ups;
    private static readonly TimeSpan StartsWithin = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ScalerStarts = TimeSpan.FromSeconds(30);
    private readonly PrivateKubeconfig _kubeconfig;
    private readonly ILoggerFactory _loggers = LoggerFactory.Create(logging =>
    {
        PlainConsoleFormatter.Use(logging.Services);
        logging.AddConsole();
    });
    private readonly CancellationTokenSource _stop = new();
    private readonly ExternalScalerClient _keda;
    private readonly ScalerChild? _scaler;
    private readonly Task _furnishing;
    private readonly string _noScaler;
    private readonly UpsSourceAddress _source;
    private readonly double _speed;

    private DemoWorld(
        SimulatedCluster cluster,
        SimulatedUps ups,
        SimulationClock clock,
        PrivateKubeconfig kubeconfig,
        DemoSettings settings,
        string stateNamespace
    )
    {
        (_cluster, _ups, Clock, _kubeconfig, _speed) = (cluster, ups, clock, kubeconfig, settings.Speed);
        _source = UpsSourceAddress.Parse($"nut://127.0.0.1:{ups.Port}/{ups.Name}").Address!;
        var program = Path.Combine(AppContext.BaseDirectory, "scaler", "Ebb.Scaler.dll");
        _noScaler = !settings.Scaler
            ? "the demo runs no scaler: Simulation__Scaler is false"
            : $"the demo runs no scaler: there is none at {program}";
        if (settings.Scaler && File.Exists(program))
        {
            Dictionary<string, string> given = new()
            {
                ["KUBECONFIG"] = kubeconfig.Path,
                ["Cluster__Mode"] = "kubeconfig",
                ["State__Namespace"] = stateNamespace,
            };
            _scaler = new ScalerChild(
                program,
                given,
                clock,
                () => clock.Speed,
                _loggers.CreateLogger("Ebb.Functions.Demo")
            );
        }

        // Its ScaledObjects name the scaler as those of a real cluster do.
        _keda = new ExternalScalerClient { Route = _ => _scaler?.Grpc };
        _furnishing = _scaler is null ? Task.CompletedTask : Task.Run(FurnishAsync);
    }

    public SimulationClock Clock { get; }

    /// <summary>What the engine is given to run in this world.</summary>
    public EngineEnvironment Environment =>
        new(
            Task.FromResult(new ClusterSettings(ClusterMode.Kubeconfig, _kubeconfig.Path).Connect(Clock)),
            new EngineClocks(Clock, TimeProvider.System)
        )
        {
            Source = _source,
            Scaler = new ScalerPlace(() => _scaler?.Http ?? (null, _noScaler)),
            Demo = this,
        };

    public static async Task<DemoWorld> StartAsync(DemoSettings settings, string stateNamespace)
    {
        using var starting = new CancellationTokenSource(StartsWithin);
        var cancellationToken = starting.Token;
        var clock = new SimulationClock(DateTimeOffset.UtcNow, settings.Speed);
        var cluster = await SimulatedCluster.StartAsync(
            new SimulationOptions { KubernetesPort = settings.KubernetesPort, Clock = clock },
            cancellationToken
        );
        await cluster.ApplyManifestAsync($"apiVersion: v1\nkind: Namespace\nmetadata: {{name: {stateNamespace}}}\n");
        await cluster.ApplyManifestAsync(Week(clock.GetUtcNow()));
        var ups = await SimulatedUps.StartAsync(settings.UpsPort, clock);
        var kubeconfig = PrivateKubeconfig.Write(cluster.Kubeconfig, settings.Kubeconfig);
        return new DemoWorld(cluster, ups, clock, kubeconfig, settings, stateNamespace);
    }

    /// <summary>
    /// A week of schedules to look at, in the zone in which it is about one o'clock now: the first of them begins hours
    /// later, so that nobody
    /// takes for an outage what the clock does.
    /// </summary>
    private static string Week(DateTimeOffset now)
    {
        var hours = 13 - now.Hour;
        // The names of these zones count westwards.
        var zone = hours == 0 ? "Etc/UTC" : $"Etc/GMT{(hours > 0 ? "-" : "+")}{Math.Abs(hours)}";
        string Schedule(string place, string name, string target, string spec) =>
            $"---\napiVersion: autoscaling.d-kuro.github.io/v1\nkind: Schedule\nmetadata: {{name: {name}, namespace: {place}}}\nspec: {{scaleTargetRef: {target}, timeZone: {zone}, {spec}}}\n";
        return Schedule(
                "shop",
                "evening-rush",
                "{kind: HorizontalPodAutoscaler, name: storefront}",
                "type: Daily, startTime: '17:00', endTime: '21:30', minReplicas: 6, maxReplicas: 12"
            )
            + Schedule(
                "media",
                "previews-sleep-at-night",
                "{kind: Deployment, name: preview-next}",
                "type: Daily, startTime: '20:00', endTime: '07:00', maxReplicas: 0"
            )
            + Schedule(
                "media",
                "transcode-at-night",
                "{kind: ScaledObject, name: transcoder}",
                "type: Daily, startTime: '22:00', endTime: '06:00', minReplicas: 4, maxReplicas: 8"
            )
            + Schedule(
                "shop",
                "search-rests-weekly",
                "{kind: Deployment, name: search}",
                $"type: Weekly, startDayOfWeek: {(now.DayOfWeek == DayOfWeek.Sunday ? "Saturday" : "Sunday")}, startTime: '00:00', endDayOfWeek: {(now.DayOfWeek == DayOfWeek.Sunday ? "Saturday" : "Sunday")}, endTime: '23:30', maxReplicas: 1"
            );
    }

    public double Speed => Clock.Speed;

    public bool OnMains => _ups.OnMains;

    public void PullThePlug() => _ups.PullThePlug();

    public void PlugIn() => _ups.PlugIn();

    public void Flap() => _ = _ups.FlapAsync(TimeSpan.FromSeconds(2), 8);

    public void Run(double speed)
    {
        Clock.Speed = speed;
        _scaler?.TellTime();
    }

    public void Announce(TextWriter output, Uri url)
    {
        output.WriteLine(
            $"""
            A simulated cluster and UPS, at {_speed}x. Pull the plug and watch:
              {url}api/dashboard
            Or look at it from another terminal:
              export KUBECONFIG={_kubeconfig.Path}
              kubectl get ups -A
              kubectl get scaledobjects,hpa -A
              upsc {_ups.Name}@127.0.0.1:{_ups.Port}
              curl -s {url}api/status
            Put it to sleep and let it wake again:
              curl -s -X POST {url}api/power/drill -H 'Content-Type: application/json' -d '{"{\"reason\": \"to see it\"}"}'
            """
        );
    }

    /// <summary>
    /// What follows the scaler comes when it is there; without it KEDA would ask once in vain, and go on asking.
    /// </summary>
    private async Task FurnishAsync()
    {
        try
        {
            await _scaler!.IsReadyWithinAsync(ScalerStarts, _stop.Token);
            _cluster.Scalers.Use("external", _keda);
            _cluster.Scalers.Use("external-push", _keda);
            using var manifest = new StreamReader(typeof(DemoWorld).Assembly.GetManifestResourceStream("demo.yaml")!);
            await _cluster.ApplyManifestAsync(await manifest.ReadToEndAsync(_stop.Token));
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // It ended before it had begun.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _furnishing;
        if (_scaler is not null)
            await _scaler.DisposeAsync();
        _keda.Dispose();
        _stop.Dispose();
        _loggers.Dispose();
        await _ups.DisposeAsync();
        await _cluster.DisposeAsync();
        _kubeconfig.Dispose();
    }
}
