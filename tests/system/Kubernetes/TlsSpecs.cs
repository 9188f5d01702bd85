using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Connection;
using Ebb.Kubernetes.Resources;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;

namespace Ebb.Tests.Kube;

/// <summary>A server with a certificate of its own authority, that asks for one of ours.</summary>
public sealed class TlsSpecs : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ebb-tls").FullName;
    private readonly X509Certificate2 _authority = Authority("CN=ebb test authority");
    private WebApplication _server = null!;
    private string? _seen;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder
            .WebHost.UseKestrelHttpsConfiguration()
            .ConfigureKestrel(kestrel =>
                kestrel.Listen(
                    IPAddress.Loopback,
                    0,
                    listen =>
                        listen.UseHttps(https =>
                        {
                            https.ServerCertificate = Issue("CN=kubernetes", server: true);
                            https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
                            https.AllowAnyClientCertificate();
                        })
                )
            );
        _server = builder.Build();
        _server.Run(async context =>
        {
            _seen = $"{context.Request.Protocol} {context.Connection.ClientCertificate?.Subject ?? "nobody"}";
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync("""{"metadata":{"resourceVersion":"1"},"items":[]}""");
        });
        await _server.StartAsync();
        Write("ca.pem", _authority.ExportCertificatePem());
        Write("other.pem", Authority("CN=another authority").ExportCertificatePem());
        using var ours = Issue("CN=ebb", server: false);
        Write("client.pem", ours.ExportCertificatePem());
        using var key = ours.GetECDsaPrivateKey();
        Write("client.key", key!.ExportPkcs8PrivateKeyPem());
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task The_clusters_authority_is_trusted_our_certificate_is_shown_and_http_2_is_spoken()
    {
        await ListAsync(
            "certificate-authority: ca.pem, tls-server-name: kubernetes",
            "client-certificate: client.pem, client-key: client.key"
        );
        Assert.Equal("HTTP/2 CN=ebb", _seen);
    }

    [Theory]
    [InlineData("certificate-authority: other.pem, tls-server-name: kubernetes")]
    [InlineData("certificate-authority: ca.pem")] // the certificate is for another name
    [InlineData("tls-server-name: kubernetes")] // the machine does not trust that authority
    public async Task A_server_that_cannot_prove_who_it_is_is_not_spoken_to(string cluster)
    {
        var fault = await Assert.ThrowsAsync<KubernetesException>(() => ListAsync(cluster, "token: secret"));
        Assert.Contains("TLS could not be agreed on", fault.Message, StringComparison.Ordinal);
        Assert.Null(_seen);
    }

    [Fact]
    public async Task Verification_is_left_out_when_the_file_says_so()
    {
        await ListAsync("insecure-skip-tls-verify: true", "token: secret");
        Assert.Equal("HTTP/2 nobody", _seen);
    }

    private async Task ListAsync(string cluster, string user)
    {
        var file = Write(
            "config",
            $$"""
            current-context: x
            clusters: [{name: c, cluster: {server: "{{_server.Urls.Single()}}", {{cluster}} } }]
            users: [{name: u, user: { {{user}} } }]
            contexts: [{name: x, context: {cluster: c, user: u} }]
            """
        );
        using var api = new KubernetesApi(
            Kubeconfig.Read([file], null, TimeProvider.System),
            TimeProvider.System,
            new KubernetesApiOptions { Attempts = 1 }
        );
        await api.ListAsync(Kinds.Pods, null, null, TestContext.Current.CancellationToken);
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    private static X509Certificate2 Authority(string subject)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        return request.CreateSelfSigned(
            TimeProvider.System.GetUtcNow().AddDays(-1),
            TimeProvider.System.GetUtcNow().AddDays(30)
        );
    }

    private X509Certificate2 Issue(string subject, bool server)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        if (server)
        {
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName("kubernetes");
            request.CertificateExtensions.Add(names.Build());
        }

        using var certificate = request.Create(
            _authority,
            TimeProvider.System.GetUtcNow().AddDays(-1),
            TimeProvider.System.GetUtcNow().AddDays(20),
            [1, 2, 3, server ? (byte)4 : (byte)5]
        );
        using var whole = certificate.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(
            whole.Export(X509ContentType.Pkcs12),
            null,
            X509KeyStorageFlags.Exportable
        );
    }
}
