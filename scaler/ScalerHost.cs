using System.Globalization;
using System.Net;
using System.Text.Json;
using Ebb.Core.Ports;
using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Capacity;
using Ebb.Kubernetes.Connection;
using Ebb.Kubernetes.Leases;
using Ebb.Metrics;
using Ebb.Scaler.Answers;
using Ebb.Scaler.Exact;
using Ebb.Scaler.Grpc;
using Ebb.Scaler.Grpc.Health;
using Ebb.Scaler.Grpc.Tls;
using Ebb.Scaler.Http;
using Ebb.Scaler.Settings;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Ebb.Scaler;

/// <summary>Puts the process together: one watch of the cluster, gRPC on one port, HTTP on the other.</summary>
internal static class ScalerHost
{
    private static readonly string[] Meters = [ScalerGauges.MeterName, KubernetesApi.MeterName];

    /// <param name="settings">All of them.</param>
    /// <param name="connection">The cluster.</param>
    /// <param name="world">The time that answers depend on.</param>
    /// <param name="deadlines">The time of sockets.</param>
    /// <param name="grpcOptions">Null: the defaults.</param>
    /// <exception cref="IOException">A TLS file cannot be read.</exception>
    /// <exception cref="System.Security.Cryptography.CryptographicException">A TLS file does not hold what it should.</exception>
    public static WebApplication Build(
        ScalerSettings settings,
        ClusterConnection connection,
        TimeProvider world,
        TimeProvider deadlines,
        GrpcOptions? grpcOptions = null
    )
    {
        IHostApplicationLifetime? lifetime = null;
        var builder = WebApplication.CreateSlimBuilder(
            new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory }
        );
        builder
            .Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning)
            .AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Warning)
            // What keeps this from starting is told in one line by who starts it.
            .AddFilter(
                "Microsoft.Extensions.Hosting.Internal.Host",
                _ => lifetime?.ApplicationStarted.IsCancellationRequested == true
            )
            // A scope and an Activity for each request would cost a third of the call; what goes wrong is told by Kestrel and by us.
            .AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        var services = builder.Services;
        services.AddSingleton(settings).AddSingleton(world).AddSingleton(grpcOptions ?? new GrpcOptions());
        services.AddSingleton(new KubernetesApi(connection, deadlines));
        services.AddSingleton(s => new ScalerCluster(s.GetRequiredService<KubernetesApi>(), settings.StateNamespace));
        services
            .AddSingleton<TriggerRegistry>()
            .AddSingleton<Pulse>()
            .AddSingleton<Readiness>()
            .AddSingleton<ClusterGauges>();
        services.AddSingleton<Explanations>().AddSingleton<ScalerGauges>().AddSingleton<ScalerService>();
        services.AddSingleton<ILeadership>(s => new LeaseLeadership(
            s.GetRequiredService<KubernetesApi>(),
            settings.StateNamespace,
            "ebb-scaler",
            $"{Environment.MachineName}-{Guid.NewGuid():N}"
        ));
        services.AddSingleton<Announcer>().AddSingleton<ExactLoop>();
        services
            .AddHostedService(s => s.GetRequiredService<Announcer>())
            .AddHostedService(s => s.GetRequiredService<ExactLoop>());
        services.AddSingleton(s => Bind(s));
        services.AddSingleton(s => new GrpcServer(
            s.GetRequiredService<GrpcServices>(),
            s.GetRequiredService<GrpcOptions>(),
            deadlines,
            s.GetRequiredService<ILogger<GrpcServer>>(),
            s.GetRequiredService<IHostApplicationLifetime>()
        ));
        services.AddSingleton<Farewell>();
        services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(5));
        if (settings.Tls is { } files)
            services.AddSingleton(s => new TlsCertificates(files, s.GetRequiredService<ILogger<TlsCertificates>>()));

        builder
            .WebHost.UseSetting(WebHostDefaults.ServerUrlsKey, "")
            .UseKestrelHttpsConfiguration()
            .ConfigureKestrel(kestrel =>
            {
                kestrel.AddServerHeader = false;
                kestrel.Limits.MaxRequestBodySize = null;
                kestrel.Limits.MinRequestBodyDataRate = null;
                // KEDA keeps one connection for each address and opens a stream or two for each push trigger: the usual 100 would starve it.
                kestrel.Limits.Http2.MaxStreamsPerConnection = 1_000_000;
                kestrel.Limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(30);
                kestrel.Limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(20);
                Listen(
                    kestrel,
                    settings.GrpcUrl,
                    listen =>
                    {
                        listen.Protocols = HttpProtocols.Http2;
                        if (settings.Tls is not null)
                        {
                            var certificates = kestrel.ApplicationServices.GetRequiredService<TlsCertificates>();
                            listen.UseHttps(
                                new TlsHandshakeCallbackOptions
                                {
                                    OnConnection = context =>
                                        ValueTask.FromResult(
                                            certificates.OptionsFor(context.Connection.RemoteEndPoint?.ToString() ?? "")
                                        ),
                                }
                            );
                        }

                        listen.Use(kestrel.ApplicationServices.GetRequiredService<Farewell>().Around);
                    }
                );
                Listen(kestrel, settings.HttpUrl, listen => listen.Protocols = HttpProtocols.Http1);
            });

        var app = builder.Build();
        lifetime = app.Lifetime;
        // A certificate that cannot be read must stop the start, not the first call.
        if (settings.Tls is not null)
            app.Services.GetRequiredService<TlsCertificates>();
        var pulse = app.Services.GetRequiredService<Pulse>();
        app.Services.GetRequiredService<ScalerCluster>().Changed += pulse.Note;
        app.Services.GetRequiredService<TriggerRegistry>().Refused += (@namespace, name, why) =>
            app.Services.GetRequiredService<Announcer>().Announce(@namespace, name, "InvalidTrigger", why);
        var grpc = app.Services.GetRequiredService<GrpcServer>();
        var pages = Pages(app.Services);
        ((IApplicationBuilder)app).Run(http =>
            HttpProtocol.IsHttp2(http.Request.Protocol) ? grpc.HandleAsync(http) : pages(http)
        );
        return app;
    }

    private static GrpcServices Bind(IServiceProvider services)
    {
        var all = new GrpcServices();
        ExternalScaler.BindService(all, services.GetRequiredService<ScalerService>());
        var (readiness, pulse) = (services.GetRequiredService<Readiness>(), services.GetRequiredService<Pulse>());
        new HealthService([ExternalScaler.ServiceName], () => readiness.IsReady, () => pulse.Next).BindTo(all);
        return all;
    }

    private static RequestDelegate Pages(IServiceProvider services)
    {
        var (readiness, explanations, metrics) = (
            services.GetRequiredService<Readiness>(),
            services.GetRequiredService<Explanations>(),
            new Exposition(Meters)
        );
        _ = services.GetRequiredService<ScalerGauges>();
        if (Otlp.IsAsked)
        {
            var push = Otlp.Start("ebb-scaler", Meters);
            services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopped.Register(push.Dispose);
        }
        return http =>
        {
            var (path, response) = (http.Request.Path.Value ?? "/", http.Response);
            if (!HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method))
                return Text(response, 405, "GET only\n");
            switch (path)
            {
                case "/healthz":
                    return Text(response, 200, "ok\n");
                case "/readyz":
                    return readiness.IsReady
                        ? Text(response, 200, "ok\n")
                        : Text(response, 503, string.Join('\n', readiness.Reasons.Append("")));
                case "/metrics":
                    response.ContentType = Exposition.ContentType;
                    return response.WriteAsync(metrics.Render());
                case "/explain":
                    return Json(
                        response,
                        explanations.All(
                            http.Request.Query["follows"] == "capacity",
                            int.TryParse(
                                http.Request.Query["nodes"],
                                NumberStyles.None,
                                CultureInfo.InvariantCulture,
                                out var nodes
                            )
                                ? nodes
                                : 0
                        )
                    );
            }

            if (
                path.Split('/') is ["", "explain", var @namespace, var name]
                && explanations.Of(@namespace, name) is { } one
            )
                return Json(response, one);
            return Text(
                response,
                404,
                "there is nothing here, or nobody has asked about it yet: /healthz /readyz /metrics /explain /explain/NAMESPACE/SCALEDOBJECT\n"
            );
        };
    }

    private static Task Text(HttpResponse response, int status, string text)
    {
        response.StatusCode = status;
        response.ContentType = "text/plain; charset=utf-8";
        return response.WriteAsync(text);
    }

    private static Task Json(HttpResponse response, System.Text.Json.Nodes.JsonObject tree)
    {
        response.ContentType = "application/json";
        return response
            .Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes<System.Text.Json.Nodes.JsonNode>(tree))
            .AsTask();
    }

    private static void Listen(KestrelServerOptions kestrel, Uri url, Action<ListenOptions> configure)
    {
        if (IPAddress.TryParse(url.Host.Trim('[', ']'), out var address))
            kestrel.Listen(address, url.Port, configure);
        else if (url.Host == "localhost")
            kestrel.ListenLocalhost(url.Port, configure);
        else
            kestrel.ListenAnyIP(url.Port, configure);
    }
}
