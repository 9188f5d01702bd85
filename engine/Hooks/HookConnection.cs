using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Ebb.Core.Hooks;

namespace Ebb.Engine.Hooks;

/// <summary>An answer, of which so much is read as is bounded.</summary>
internal sealed record HttpHookAnswer(HttpStatusCode Status, ReadOnlyMemory<byte> Body);

/// <summary>One connection for one request: no redirects, no metadata addresses, no proxy, a bounded answer.</summary>
internal sealed class HookConnection : IDisposable
{
    private const int LargestAnswer = 64 * 1024;

    private readonly HttpMessageInvoker _http;

    /// <param name="authority">The roots that alone are trusted, as PEM; null: those of the machine.</param>
    /// <exception cref="System.Security.Cryptography.CryptographicException">It holds no certificate.</exception>
    public HookConnection(string? authority)
    {
        var tls = new SslClientAuthenticationOptions();
        if (authority is not null)
        {
            tls.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            tls.CertificateChainPolicy.CustomTrustStore.ImportFromPem(authority);
        }
        _http = new HttpMessageInvoker(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseProxy = false,
                UseCookies = false,
                SslOptions = tls,
                ConnectCallback = ConnectAsync,
                PlaintextStreamFilter = (context, _) =>
                {
                    // TLS is through: from here on the request may have been sent.
                    IsConnected = true;
                    return ValueTask.FromResult(context.PlaintextStream);
                },
            }
        );
    }

    /// <summary>A connection was there, so that the request may have been sent.</summary>
    public bool IsConnected { get; private set; }

    /// <summary>Why no connection was tried; null: it was.</summary>
    public string? Refusal { get; private set; }

    public async Task<HttpHookAnswer> AskAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var answer = await _http.SendAsync(request, cancellationToken);
        using var body = await answer.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[LargestAnswer];
        var count = await body.ReadAtLeastAsync(
            buffer,
            LargestAnswer,
            throwOnEndOfStream: false,
            cancellationToken: cancellationToken
        );
        return new HttpHookAnswer(answer.StatusCode, buffer.AsMemory(0, count));
    }

    public void Dispose() => _http.Dispose();

    /// <summary>A name may lead to an address that its owner chose, so addresses are looked at as well.</summary>
    private async ValueTask<Stream> ConnectAsync(
        SocketsHttpConnectionContext context,
        CancellationToken cancellationToken
    )
    {
        var target = context.DnsEndPoint;
        var addresses = await Dns.GetHostAddressesAsync(target.Host, cancellationToken);
        var allowed = addresses.Where(address => !MetadataAddress.Is(address.GetAddressBytes())).ToArray();
        if (allowed.Length == 0)
        {
            Refusal = $"; {target.Host} leads to an address of a cloud's metadata only";
            throw new SocketException((int)SocketError.AccessDenied);
        }
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, target.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
