using System.Net;
using Ebb.Scaler.Settings;
using Ebb.Scaler.Tls;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Ebb.Scaler;

/// <summary>
/// The two ports: gRPC over HTTP/2, with or without TLS, and HTTP/1.1 in the clear for probes and metrics.
/// </summary>
internal static class Listeners
{
    public static void Configure(KestrelServerOptions kestrel, ScalerSettings settings)
    {
        kestrel.AddServerHeader = false;
        // It counts for a whole connection, which KEDA shares among all ScaledObjects; CallLimits bounds each request
        // instead.
        kestrel.Limits.MinRequestBodyDataRate = null;
        // KEDA keeps one connection for each address and opens a stream or two for each push trigger: the usual 100
        // would starve it.
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
                    listen.UseHttps(WithCertificates(kestrel));
            }
        );
        Listen(kestrel, settings.HttpUrl, listen => listen.Protocols = HttpProtocols.Http1);
    }

    private static TlsHandshakeCallbackOptions WithCertificates(KestrelServerOptions kestrel)
    {
        var certificates = kestrel.ApplicationServices.GetRequiredService<TlsCertificates>();
        return new TlsHandshakeCallbackOptions
        {
            OnConnection = context =>
                ValueTask.FromResult(
                    certificates.OptionsFor(context.Connection.RemoteEndPoint?.ToString() ?? "an unknown address")
                ),
        };
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
