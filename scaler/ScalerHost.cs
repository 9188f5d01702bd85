using Ebb.Core.Ports;
using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Capacity;
using Ebb.Kubernetes.Connection;
using Ebb.Kubernetes.Leases;
using Ebb.Metrics;
using Ebb.Scaler.Answers;
using Ebb.Scaler.Calls;
using Ebb.Scaler.Exact;
using Ebb.Scaler.Http;
using Ebb.Scaler.Marks;
using Ebb.Scaler.Settings;
using Ebb.Scaler.Tls;

namespace Ebb.Scaler;

/// <summary>Puts the process together: one watch of the cluster, gRPC on one port, HTTP on the other.</summary>
internal static class ScalerHost
{
    private static readonly string[] Meters = [ScalerGauges.MeterName, KubernetesApi.MeterName];

    /// <param name="settings">All of them.</param>
    /// <param name="connection">The cluster.</param>
    /// <param name="world">The time that answers depend on.</param>
    /// <param name="deadlines">The time of requests to the API server.</param>
    /// <param name="limits">Null: the defaults.</param>
    /// <exception cref="IOException">A TLS file cannot be read.</exception>
    /// <exception cref="System.Security.Cryptography.CryptographicException">A TLS file does not hold what it
    /// should.</exception>
    public static WebApplication Build(
        ScalerSettings settings,
        ClusterConnection connection,
        TimeProvider world,
        TimeProvider deadlines,
        CallLimits? limits = null
    )
    {
        var builder = WebApplication.CreateSlimBuilder(
            new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory }
        );
        IHostApplicationLifetime? lifetime = null;
        builder
            .Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning)
            .AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Warning)
            // Each refusal and each stream that a client cancels would be a line with a stack.
            .AddFilter("Grpc", LogLevel.Warning)
            // Program prints in one line what keeps this from starting.
            .AddFilter(
                "Microsoft.Extensions.Hosting.Internal.Host",
                _ => lifetime?.ApplicationStarted.IsCancellationRequested == true
            )
            // A scope and an Activity for each request would cost a third of the call.
            .AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        builder
            .Services.AddSingleton(settings)
            .AddSingleton(world)
            .Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(5));
        PlainConsoleFormatter.Use(builder.Services);
        AddAnswers(builder.Services, settings, new KubernetesApi(connection, deadlines));
        AddCalls(builder.Services, limits ?? new CallLimits());
        if (settings.Tls is { } files)
            builder.Services.AddSingleton(s => new TlsCertificates(
                files,
                s.GetRequiredService<ILogger<TlsCertificates>>()
            ));
        builder
            .WebHost.UseSetting(WebHostDefaults.ServerUrlsKey, "")
            .UseKestrelHttpsConfiguration()
            .ConfigureKestrel(kestrel => Listeners.Configure(kestrel, settings));

        var app = builder.Build();
        lifetime = app.Lifetime;
        Connect(app, settings);
        return app;
    }

    private static void AddAnswers(IServiceCollection services, ScalerSettings settings, KubernetesApi api) =>
        services
            .AddSingleton(api)
            .AddSingleton(s => new ScalerCluster(api, settings.StateNamespace, s.GetRequiredService<TimeProvider>()))
            .AddSingleton(s => new TriggerRegistry(
                s.GetRequiredService<ScalerCluster>(),
                s.GetRequiredService<TimeProvider>(),
                settings.AdminNamespaces
            ))
            .AddSingleton<ChangeSignal>()
            .AddSingleton<Readiness>()
            .AddSingleton<ClusterGauges>()
            .AddSingleton<Explanations>()
            .AddSingleton<WhatIfPage>()
            .AddSingleton(s => new Exposition(s.GetRequiredService<TriggerRegistry>(), Meters))
            .AddSingleton<ScalerGauges>()
            .AddSingleton<Pages>()
            .AddSingleton<ILeadership>(_ => new LeaseLeadership(
                api,
                settings.StateNamespace,
                "ebb-scaler",
                $"{Environment.MachineName}-{Guid.NewGuid():N}"
            ))
            .AddSingleton<EventRecorder>()
            .AddHostedService(s => s.GetRequiredService<EventRecorder>())
            .AddHostedService<ExactLoop>()
            .AddSingleton<MarkStates>()
            .AddHostedService<MarkLoop>();

    private static void AddCalls(IServiceCollection services, CallLimits limits) =>
        services
            .AddCallHandling(limits)
            .AddSingleton<ScalerService>()
            .AddSingleton<ScalerHealth>()
            .AddHostedService<HealthUpdates>();

    private static void Connect(WebApplication app, ScalerSettings settings)
    {
        var services = app.Services;
        // A certificate that cannot be read must stop the start, not the first call.
        if (settings.Tls is not null)
            services.GetRequiredService<TlsCertificates>();
        var (cluster, changes, triggers, events, pages, calls) = (
            services.GetRequiredService<ScalerCluster>(),
            services.GetRequiredService<ChangeSignal>(),
            services.GetRequiredService<TriggerRegistry>(),
            services.GetRequiredService<EventRecorder>(),
            services.GetRequiredService<Pages>(),
            services.GetRequiredService<CallTracker>()
        );
        cluster.Changed += changes.RaiseSoon;
        triggers.Refused += (@namespace, name, why) => events.Record(@namespace, name, "InvalidTrigger", why);
        // Created here, since nobody asks for it: its instruments are read by their meter's name.
        services.GetRequiredService<ScalerGauges>();
        if (Otlp.IsAsked)
        {
            var push = Otlp.Start("ebb-scaler", Meters);
            app.Lifetime.ApplicationStopped.Register(push.Dispose);
        }

        app.Use(next => http => HttpProtocol.IsHttp2(http.Request.Protocol) ? next(http) : pages.ShowAsync(http));
        app.MapGrpcService(
                ScalerBinder.Bind(
                    services.GetRequiredService<ScalerService>(),
                    services.GetRequiredService<ScalerHealth>(),
                    triggers
                )
            )
            .Add(calls.Track);
    }
}
