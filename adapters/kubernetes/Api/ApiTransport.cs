using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Reflection;
using System.Security.Cryptography.X509Certificates;
using Ebb.Kubernetes.Connection;

namespace Ebb.Kubernetes.Api;

/// <summary>The HTTP client of one connection: TLS, credentials, proxy, and nothing of Kubernetes.</summary>
internal sealed class ApiTransport : IDisposable
{
    private static readonly ProductInfoHeaderValue Agent = new("ebb", ProductVersion());
    private readonly ClusterConnection _connection;
    private readonly HttpClient _http;

    public ApiTransport(ClusterConnection connection, TimeSpan connectTimeout)
    {
        _connection = connection;
        _http = new HttpClient(Handler(connection, connectTimeout)) { Timeout = Timeout.InfiniteTimeSpan };
    }

    public void Dispose() => _http.Dispose();

    public async Task<HttpResponseMessage> SendAsync(
        ApiRequest request,
        string path,
        bool refused,
        CancellationToken cancellationToken
    )
    {
        using var message = new HttpRequestMessage(
            request.Method,
            new Uri(_connection.Server.ToString().TrimEnd('/') + path)
        );
        if (_connection.Server.Scheme == Uri.UriSchemeHttps)
        {
            message.Version = HttpVersion.Version20;
            message.VersionPolicy = HttpVersionPolicy.RequestVersionOrLower;
        }

        // The handler takes the name that it checks in the server's certificate from the Host header.
        if (_connection.TlsServerName is { } name)
            message.Headers.Host = name;
        message.Headers.UserAgent.Add(Agent);
        message.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (
            await _connection.Credential.AuthorizationAsync(refused, cancellationToken).ConfigureAwait(false) is
            { } authorization
        )
            message.Headers.TryAddWithoutValidation("Authorization", authorization);
        if (request.Body is { } body)
            message.Content = new ReadOnlyMemoryContent(body)
            {
                Headers = { ContentType = new MediaTypeHeaderValue(request.ContentType) },
            };
        return await _http
            .SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken)
            .ConfigureAwait(false);
    }

    private static SocketsHttpHandler Handler(ClusterConnection connection, TimeSpan connectTimeout)
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
        };
        if (connection.Proxy is not null)
            handler.Proxy = new WebProxy(connection.Proxy);
        else if (connection.Server.IsLoopback)
            handler.UseProxy = false;
        handler.ConnectCallback = ConnectAsync;
        handler.SslOptions = Tls(connection);
        return handler;
    }

    // A peer that vanished without a word would otherwise be noticed only when the watch should have ended.
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

    private static SslClientAuthenticationOptions Tls(ClusterConnection connection)
    {
        var options = new SslClientAuthenticationOptions
        {
            LocalCertificateSelectionCallback = (_, _, _, _, _) =>
                (connection.Credential.Certificate ?? connection.ClientCertificate)!,
        };
        if (connection.Authorities is { } authorities)
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
        if (connection.SkipTlsVerification)
            options.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
        return options;
    }

    private static string ProductVersion() =>
        typeof(ApiTransport)
            .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
            ?.InformationalVersion.Split('+')[0]
        ?? "0";
}
