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
        var client = X509Certificate2.CreateFromPemFile(files.ClientCertificate, files.ClientKey);
        var authority = X509CertificateLoader.LoadCertificateFromFile(files.Authority);
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            SslOptions =
            {
                ClientCertificates = [client],
                CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    CustomTrustStore = { authority },
                    RevocationMode = X509RevocationMode.NoCheck,
                },
            },
        };
        return GrpcChannel.ForAddress(
            $"https://localhost:{port}",
            new GrpcChannelOptions { HttpHandler = handler, DisposeHttpClient = true }
        );
    }
}
