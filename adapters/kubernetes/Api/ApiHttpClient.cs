using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Ebb.Kubernetes.Connection;

namespace Ebb.Kubernetes.Api;

/// <summary>
/// The HTTP client of one connection, made from the library's configuration. The library's own client accepts any host
/// name in a certificate that the cluster's authority signed, and finds a broken connection after three minutes.
/// </summary>
internal sealed class ApiHttpClient(ClusterConnection connection, TimeSpan connectTimeout) : IDisposable
{
    private readonly Lock _lock = new();
    private X509Certificate2? _certificate = connection.ClientCertificate;
    private HttpClient? _client;

    public void Dispose() => _client?.Dispose();

    /// <summary>
    /// The client that shows a certificate. Another certificate needs other connections: those of the last one are
    /// closed, watches included.
    /// </summary>
    /// <param name="renewed">The certificate of a renewable credential; null: the connection's own, if any.</param>
    public HttpClient For(X509Certificate2? renewed)
    {
        lock (_lock)
        {
            if (_client is not null && (renewed is null || ReferenceEquals(renewed, _certificate)))
                return _client;
            _client?.Dispose();
            _certificate = renewed ?? _certificate;
            return _client = new HttpClient(connection.ServerDouble ?? Handler(_certificate))
            {
                Timeout = Timeout.InfiniteTimeSpan,
            };
        }
    }

    private SocketsHttpHandler Handler(X509Certificate2? certificate)
    {
        var handler = new SocketsHttpHandler
        {
            ConnectTimeout = connectTimeout,
            PooledConnectionLifetime = TimeSpan.FromMinutes(10),
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(2),
            EnableMultipleHttp2Connections = true,
            KeepAlivePingDelay = TimeSpan.FromSeconds(15),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(10),
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            AutomaticDecompression = DecompressionMethods.GZip,
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectCallback = ConnectAsync,
            SslOptions = Tls(certificate),
        };
        if (connection.Proxy is not null)
            handler.Proxy = new WebProxy(connection.Proxy);
        else if (connection.Server.IsLoopback)
            handler.UseProxy = false;
        return handler;
    }

    // Without keep-alive a peer that vanished is noticed only when the watch should have ended.
    private static async ValueTask<Stream> ConnectAsync(
        SocketsHttpConnectionContext context,
        CancellationToken cancellationToken
    )
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 15);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 5);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 3);
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private SslClientAuthenticationOptions Tls(X509Certificate2? certificate)
    {
        var configuration = connection.Configuration;
        var options = new SslClientAuthenticationOptions
        {
            LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate!,
        };
        if (configuration.SslCaCerts is { } authorities)
        {
            var policy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            policy.CustomTrustStore.AddRange(authorities);
            options.CertificateChainPolicy = policy;
        }

#pragma warning disable CA5359 // The kubeconfig says insecure-skip-tls-verify in words; it is never a default.
        if (configuration.SkipTlsVerify)
            options.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
        return options;
    }
}
