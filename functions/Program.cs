using System.Net;
using Ebb.Core.Ports;
using Ebb.Core.Schedules;
using Ebb.Functions;
using Ebb.Functions.Alerts;
using Ebb.Functions.Api;
using Ebb.Functions.Capacity;
using Ebb.Functions.Dashboard;
using Ebb.Functions.Display;
using Ebb.Functions.Host;
using Ebb.Functions.Learning;
using Ebb.Functions.Metrics;
using Ebb.Functions.Overrides;
using Ebb.Functions.Power;
using Ebb.Functions.Schedules;
using Ebb.Functions.Settings;
using Ebb.Functions.State;
using Ebb.Functions.Turns;
using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Connection;
using Ebb.Kubernetes.Leases;
using Ebb.Kubernetes.Power;
using Ebb.Kubernetes.Resources;
using Ebb.Kubernetes.Schedules;
using Ebb.Nut;
using NodaTime;
using ClusterMode = Ebb.Functions.Settings.ClusterMode;

// The Functions host's own environment must decide neither where this listens nor where its files are.
// Settings are read once, so that nobody need watch files for changes.
var builder = WebApplication.CreateSlimBuilder(
    new WebApplicationOptions
    {
        Args = ["--hostBuilder:reloadConfigOnChange=false", .. args],
        ContentRootPath = AppContext.BaseDirectory,
    }
);
var (settings, faults) = EbbSettingsReader.Read(builder.Configuration);
if (settings is null)
{
    foreach (var fault in faults)
        Console.Error.WriteLine(fault);
    return 2;
}

using var starting = new CancellationTokenSource(TimeSpan.FromSeconds(30));
Demo? demo = null;
try
{
    demo = settings.Mode == ClusterMode.Simulation ? await Demo.StartAsync(settings, starting.Token) : null;
    if (demo is not null && settings.Sources.Count == 0)
        settings = settings with { Sources = [demo.Source] };
    var clocks = new Clocks(demo?.Clock ?? (TimeProvider)new SteadyClock(TimeProvider.System), TimeProvider.System);
    // Files and keys are read while the rest is put together.
    var connecting = Task.Run(() =>
        demo?.Connect()
        ?? new ClusterSettings(
            settings.Mode == ClusterMode.InCluster
                ? Ebb.Kubernetes.Connection.ClusterMode.InCluster
                : Ebb.Kubernetes.Connection.ClusterMode.Kubeconfig,
            settings.Kubeconfig,
            settings.Context
        ).Connect(clocks.Deadlines)
    );
    ClusterConnection? connection = null;

    var started = false;
    var services = builder.Services;
    services.AddSingleton(settings).AddSingleton(clocks).AddSingleton<Guarded>();
    services.AddSingleton(s => new Opening(() => s.GetRequiredService<Measuring>().Begin()));
    services.AddSingleton(s => new KubernetesApi(
        connection!,
        clocks.Deadlines,
        new KubernetesApiOptions { Begin = s.GetRequiredService<Opening>().Begun }
    ));
    services.AddSingleton<ICluster>(s => new KubernetesCluster(s.GetRequiredService<KubernetesApi>()));
    services.AddSingleton<ILeadership>(s => new LeaseLeadership(
        s.GetRequiredService<KubernetesApi>(),
        settings.StateNamespace,
        "ebb",
        $"{Environment.MachineName}-{Guid.NewGuid():N}"
    ));
    services.AddSingleton(s => StateStores.Open(settings, s.GetRequiredService<KubernetesApi>(), clocks));
    services.AddSingleton(
        new Supplies(
            UpsSources.Create(settings.Sources, clocks.World, clocks.Deadlines),
            settings.Power,
            Duration.Max(settings.PollInterval * 3, Duration.FromSeconds(10)),
            clocks
        )
    );
    services.AddSingleton<PowerStore>().AddSingleton<PowerPath>().AddSingleton<Ticking>();
    services.AddHostedService(s => s.GetRequiredService<Ticking>());
    services
        .AddEbbMetrics()
        .AddOverrides()
        .AddLearning()
        .AddAlerts(settings)
        .AddSingleton<LiveFeed>()
        .AddSingleton<PowerHistory>();
    services.AddHostedService(s => s.GetRequiredService<PowerHistory>());
    if (demo is not null)
        services.AddSingleton<IDemoControls>(demo);
    services.AddCapacity(settings, demo?.Scaler);
    services.AddSingleton<IScheduleCluster>(s => new ScheduleCluster(
        s.GetRequiredService<KubernetesApi>(),
        settings.LabelSelector
    ));
    services.AddSingleton<ClockWishes>().AddSingleton<ScheduleGauges>().AddSingleton<SchedulePath>();
    services.AddHostedService<ScheduleTicking>();
    services.ConfigureHttpJsonOptions(options =>
        options.SerializerOptions.TypeInfoResolverChain.Insert(0, Json.Default)
    );
    builder
        .Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning)
        .AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Warning)
        // What keeps this from starting is told in one line, at the end of this file.
        .AddFilter("Microsoft.Extensions.Hosting.Internal.Host", _ => started);
    if (!Console.IsOutputRedirected)
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
    builder
        .WebHost.UseSetting(WebHostDefaults.ServerUrlsKey, "")
        .ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 64 * 1024;
            if (settings.HandlerPort is { } port)
                kestrel.ListenLocalhost(port);
            else if (IPAddress.TryParse(settings.HttpUrl.Host.Trim('[', ']'), out var address))
                kestrel.Listen(address, settings.HttpUrl.Port);
            else if (settings.HttpUrl.Host == "localhost")
                kestrel.ListenLocalhost(settings.HttpUrl.Port);
            else
                kestrel.ListenAnyIP(settings.HttpUrl.Port);
        });

    await using var app = builder.Build();
    connection = await connecting;
    app.UseManners();
    app.UseGate(settings);
    app.MapInvocations();
    var api = app.MapGroup("/api");
    api.MapView();
    api.MapControl();
    api.MapOverrides();
    api.MapDashboard();
    if (demo is not null)
        api.MapDemo(demo);
    app.MapMetrics(api);
    api.MapSchedules();
    api.MapCapacity();
    // MapFallback leaves out whatever looks like the name of a file.
    app.Map("{**path}", () => Problems.NotFound("there is nothing here; GET /api/status is a good beginning"))
        .Add(endpoint => ((RouteEndpointBuilder)endpoint).Order = int.MaxValue);
    _ = new WaveDisplay(app.Services.GetRequiredService<PowerPath>());

    await app.StartAsync(starting.Token);
    started = true;
    app.Services.GetRequiredService<Opening>().Listens(clocks.Deadlines);
    demo?.Announce(Console.Out, settings);
    await app.WaitForShutdownAsync();
    return 0;
}
catch (Exception failure) when (failure is ConnectionException or IOException or System.Net.Sockets.SocketException)
{
    Console.Error.WriteLine(failure.Message);
    return 1;
}
finally
{
    if (demo is not null)
        await demo.DisposeAsync();
}
