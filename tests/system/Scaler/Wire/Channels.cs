using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Grpc.Net.Client;

namespace Ebb.Tests.Scaler.Wire;

/// <summary>Channels of Grpc.Net.Client to the scaler.</summary>
internal static class Channels
{
    public static GrpcChannel Plain(int port) => GrpcChannel.ForAddress($"http://127.0.0.1:{port}");

    /// <param name="port">On localhost.</param>
    /// <param name="files">Whose authority is trusted, and whose client's certificate is shown.</param>
    public static GrpcChannel Tls(int port, PemFiles files)
    {
        // Disposed with the handler's channel by the end of the test's process: SslOptions only refer to them.
        var handler = new SocketsHttpHandler { UseProxy = false, SslOptions = Options(files) };
        return GrpcChannel.ForAddress(
            $"https://localhost:{port}",
            new GrpcChannelOptions { HttpHandler = handler, DisposeHttpClient = true }
        );
    }

    /// <summary>Whether HTTP/2's first words get an answer before the connection ends.</summary>
    /// <param name="port">On localhost.</param>
    /// <param name="files">Whose authority is trusted, and whose client's certificate is shown.</param>
    public static async Task<bool> IsAnsweredAsync(int port, PemFiles files)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(TimeSpan.FromSeconds(20));
        using var socket = new TcpClient();
        await socket.ConnectAsync("localhost", port, deadline.Token);
        await using var tls = new SslStream(socket.GetStream());
        var options = Options(files);
        (options.TargetHost, options.ApplicationProtocols) = ("localhost", [SslApplicationProtocol.Http2]);
        try
        {
            await tls.AuthenticateAsClientAsync(options, deadline.Token);
            byte[] words = [.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, 0, 0, 0, 4, 0, 0, 0, 0, 0];
            await tls.WriteAsync(words, deadline.Token);
            return await tls.ReadAsync(new byte[64], deadline.Token) > 0;
        }
        catch (Exception ended) when (ended is IOException or AuthenticationException)
        {
            return false;
        }
    }

    private static SslClientAuthenticationOptions Options(PemFiles files) =>
        new()
        {
            ClientCertificates = [X509Certificate2.CreateFromPemFile(files.ClientCertificate, files.ClientKey)],
            CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                CustomTrustStore = { X509CertificateLoader.LoadCertificateFromFile(files.Authority) },
                RevocationMode = X509RevocationMode.NoCheck,
            },
        };
}
