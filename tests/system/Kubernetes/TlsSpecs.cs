using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Ebb.Kubernetes;
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
    private Func<HttpContext, int> _code = _ => StatusCodes.Status200OK;

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
            context.Response.StatusCode = _code(context);
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

    [Fact]
    public async Task In_a_cluster_a_token_that_is_refused_is_read_again_at_once()
    {
        Write("ca.crt", _authority.ExportCertificatePem());
        Write("token", "old");
        _code = context => context.Request.Headers.Authorization == "Bearer new" ? 200 : 401;
        var port = new Uri(_server.Urls.Single()).Port.ToString(CultureInfo.InvariantCulture);
        var connection = InCluster.Read(
            name => name == "KUBERNETES_SERVICE_HOST" ? "localhost" : port,
            TimeProvider.System,
            _folder
        );
        using var api = new KubernetesApi(connection, TimeProvider.System, new KubernetesApiOptions { Attempts = 1 });
        var fault = await Assert.ThrowsAsync<KubernetesException>(() => ListAsync(api));
        Assert.Equal(401, fault.Code);
        Write("token", "new");
        await ListAsync(api);
    }

    [Fact]
    public async Task Another_certificate_of_a_plugin_is_shown_on_connections_of_its_own()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the plugin is a shell script");
        foreach (var name in new[] { "1", "2" })
        {
            using var certificate = Issue($"CN={name}", server: false);
            using var key = certificate.GetECDsaPrivateKey();
            var status = new JsonObject
            {
                ["clientCertificateData"] = certificate.ExportCertificatePem(),
                ["clientKeyData"] = key!.ExportPkcs8PrivateKeyPem(),
            };
            var answer = new JsonObject
            {
                ["apiVersion"] = "client.authentication.k8s.io/v1",
                ["kind"] = "ExecCredential",
                ["status"] = status,
            };
            Write(name, answer.ToJsonString());
        }

        var plugin = Write("plugin", $"#!/bin/sh\ncd {_folder}\necho x >> runs\ncat $(wc -l < runs | tr -d ' ')\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(plugin, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using var api = Api(
            "certificate-authority: ca.pem, tls-server-name: kubernetes",
            "exec: {apiVersion: client.authentication.k8s.io/v1, command: ./plugin}"
        );
        await ListAsync(api);
        Assert.Equal("HTTP/2 CN=1", _seen);
        _code = context => context.Connection.ClientCertificate?.Subject == "CN=2" ? 200 : 401;
        await ListAsync(api);
        Assert.Equal("HTTP/2 CN=2", _seen);
    }

    private static Task ListAsync(KubernetesApi api) =>
        api.ListAsync(Kinds.Pods, null, null, TestContext.Current.CancellationToken);

    private async Task ListAsync(string cluster, string user)
    {
        using var api = Api(cluster, user);
        await ListAsync(api);
    }

    private KubernetesApi Api(string cluster, string user)
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
        return new KubernetesApi(
            Kubeconfig.Read([file], null, TimeProvider.System),
            TimeProvider.System,
            new KubernetesApiOptions { Attempts = 1 }
        );
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
            names.AddDnsName("localhost");
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
