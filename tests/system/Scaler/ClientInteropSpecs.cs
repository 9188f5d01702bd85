using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ebb.Scaler.Settings;
using Ebb.Tests.Harness;
using Ebb.Tests.Nut.Rig;
using Ebb.Tests.Scaler.Wire;
using static Ebb.Tests.Scaler.Manifests;

namespace Ebb.Tests.Scaler;

/// <summary>grpc-js from npm and Debian's grpcio call every method, in the clear and with TLS.</summary>
public sealed class ClientInteropSpecs : IDisposable
{
    private const string Metadata = "timezone: UTC, start: \"11:00\", end: \"13:00\", desiredReplicas: \"7\"";
    private const string Json = """{"timezone":"UTC","start":"11:00","end":"13:00","desiredReplicas":"7"}""";
    private static readonly string Clients = Path.Combine(Repository.Root, "tests/system/Scaler/Clients");
    private static readonly string Proto = Path.Combine(Repository.Root, "scaler/externalscaler.proto");
    private readonly TestCertificates _certificates = new();

    public void Dispose() => _certificates.Dispose();

    [Theory]
    [InlineData("js", "clear")]
    [InlineData("js", "tls")]
    [InlineData("js", "mtls")]
    [InlineData("python", "clear")]
    [InlineData("python", "tls")]
    [InlineData("python", "mtls")]
    public async Task Every_method_is_answered_to_it(string client, string transport)
    {
        var call = await Prepare(client);
        var files = _certificates.Issue("own");
        await using var all = await ScalerWorld.StartAsync(
            Node("node-1", "8") + Deployment("queue", 1) + Scaled("queue", Metadata),
            started: false
        );
        await all.StartScalerAsync(
            tls: transport == "clear"
                ? null
                : new TlsFiles(files.Certificate, files.Key, transport == "mtls" ? files.Authority : null)
        );
        string[] with = transport switch
        {
            "clear" => [],
            "tls" => [files.Authority],
            _ => [files.Authority, files.ClientCertificate, files.ClientKey],
        };
        var answers = await call(all.Port, with);
        Assert.True((bool?)answers["isActive"]!["result"], answers.ToJsonString());
        Assert.True((bool?)answers["streamIsActive"]!["result"], answers.ToJsonString());
        foreach (var spec in new[] { answers["metricSpec"], answers["streamMetricSpec"] })
        {
            var one = spec!["metricSpecs"]![0]!;
            Assert.Equal(
                ("ebb-replicas", 1.0, 1.0),
                ((string)one["metricName"]!, (double)one["targetSize"]!, (double)one["targetSizeFloat"]!)
            );
        }

        var value = answers["metrics"]!["metricValues"]![0]!;
        Assert.Equal((7.0, 7.0), ((double)value["metricValue"]!, (double)value["metricValueFloat"]!));

        if (transport != "mtls")
            return;
        // Without a certificate, and with one of another authority, nothing is answered.
        var strangers = _certificates.Issue("stranger");
        Assert.Equal(14, (int)(await call(all.Port, [files.Authority]))["isActive"]!["code"]!);
        Assert.Equal(
            14,
            (int)
                (await call(all.Port, [files.Authority, strangers.ClientCertificate, strangers.ClientKey]))[
                    "isActive"
                ]!["code"]!
        );
    }

    [Fact]
    public async Task Over_tls_too_streams_end_with_ok_and_nobody_is_waited_for()
    {
        var files = _certificates.Issue("own");
        await using var all = await ScalerWorld.StartAsync(
            Node("node-1", "8") + Deployment("queue", 1) + Scaled("queue", Metadata),
            started: false
        );
        await all.StartScalerAsync(tls: new TlsFiles(files.Certificate, files.Key, null));
        using var authority = X509CertificateLoader.LoadCertificateFromFile(files.Authority);
        using var client = new HttpMessageInvoker(
            new SocketsHttpHandler
            {
                UseProxy = false,
                SslOptions =
                {
                    CertificateChainPolicy = new X509ChainPolicy
                    {
                        TrustMode = X509ChainTrustMode.CustomRootTrust,
                        CustomTrustStore = { authority },
                        RevocationMode = X509RevocationMode.NoCheck,
                    },
                },
            }
        );
        async Task<(HttpResponseMessage Response, Stream Body)> OpenAsync()
        {
            using var request = new HttpRequestMessage(
                HttpMethod.Post,
                $"https://localhost:{all.Port}/externalscaler.ExternalScaler/StreamIsActive"
            )
            {
                Version = HttpVersion.Version20,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
                Content = new ByteArrayContent([0, 0, 0, 0, 13, 10, 5, .. "queue"u8, 18, 4, .. "shop"u8]),
            };
            request.Content.Headers.ContentType = new("application/grpc");
            var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
            var body = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
            await body.ReadExactlyAsync(new byte[5], TestContext.Current.CancellationToken);
            return (response, body);
        }

        var streams = new List<(HttpResponseMessage Response, Stream Body)>();
        for (var i = 0; i < 30; i++)
            streams.Add(await OpenAsync());
        // Less than what the host would wait for a connection that is not closed.
        await all.StopScalerAsync().WaitAsync(TimeSpan.FromSeconds(4), TestContext.Current.CancellationToken);
        foreach (var (response, body) in streams)
        {
            await body.CopyToAsync(Stream.Null, TestContext.Current.CancellationToken)
                .WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
            Assert.Equal("0", response.TrailingHeaders.GetValues("grpc-status").Single());
            response.Dispose();
        }
    }

    [Fact]
    public async Task Certificates_that_change_are_taken_up_and_broken_ones_are_not()
    {
        var files = _certificates.Issue("own");
        await using var all = await ScalerWorld.StartAsync(Node("node-1", "8"), started: false);
        await all.StartScalerAsync(tls: new TlsFiles(files.Certificate, files.Key, null));
        async Task<string> Shown()
        {
            using var socket = new System.Net.Sockets.TcpClient();
            await socket.ConnectAsync(IPAddress.Loopback, all.Port, TestContext.Current.CancellationToken);
#pragma warning disable CA5359 // What is shown is the question here, not whether it can be trusted.
            await using var tls = new System.Net.Security.SslStream(
                socket.GetStream(),
                false,
                (_, certificate, _, _) => certificate is not null
            );
#pragma warning restore CA5359
            await tls.AuthenticateAsClientAsync(
                new System.Net.Security.SslClientAuthenticationOptions
                {
                    TargetHost = "localhost",
                    ApplicationProtocols = [System.Net.Security.SslApplicationProtocol.Http2],
                },
                TestContext.Current.CancellationToken
            );
            return tls.RemoteCertificate!.GetCertHashString();
        }

        var first = await Shown();
        var next = _certificates.Issue("next");
        File.Copy(next.Key, files.Key, overwrite: true);
        File.Copy(next.Certificate, files.Certificate, overwrite: true);
        var second = await Shown();
        Assert.NotEqual(first, second);
        await File.WriteAllTextAsync(files.Certificate, "no certificate", TestContext.Current.CancellationToken);
        Assert.Equal(second, await Shown());
    }

    private async Task<Func<int, string[], Task<JsonNode>>> Prepare(string client)
    {
        if (client == "js")
        {
            var node = Counterpart.Need("node", "nodejs");
            var modules = Path.Combine(Clients, "node_modules");
            if (Counterpart.Required && !Directory.Exists(modules))
                Assert.Fail("npm install in tests/system/Scaler/Clients was not run, and EBB_REQUIRE_COUNTERPARTS=1");
            Assert.SkipUnless(Directory.Exists(modules), "npm install in tests/system/Scaler/Clients was not run");
            return (port, with) =>
                Call(node, [Path.Combine(Clients, "client.js"), $"localhost:{port}", Proto, Json, .. with]);
        }

        // Debian's own interpreter sees Debian's packages.
        const string python = "/usr/bin/python3";
        var there =
            File.Exists(python) && (await Run.Async(python, null, "-c", "import grpc, google.protobuf")).Code == 0;
        var protoc = File.Exists("/usr/bin/protoc") ? "/usr/bin/protoc" : null;
        if (Counterpart.Required && (!there || protoc is null))
            Assert.Fail("python3-grpcio or protobuf-compiler is missing, and EBB_REQUIRE_COUNTERPARTS=1");
        Assert.SkipUnless(there && protoc is not null, "python3-grpcio or protobuf-compiler is not installed");
        var made = await Run.Async(
            protoc!,
            null,
            $"--proto_path={Path.GetDirectoryName(Proto)}",
            $"--python_out={_certificates.Folder}",
            Proto
        );
        Assert.True(made.Code == 0, made.Output);
        return (port, with) =>
            Call(
                python,
                [Path.Combine(Clients, "client.py"), $"localhost:{port}", _certificates.Folder, Json, .. with]
            );
    }

    private static async Task<JsonNode> Call(string program, string[] arguments)
    {
        var (code, output) = await Run.Async(program, null, arguments);
        Assert.True(code == 0, output);
        return JsonNode.Parse(output.Split('\n').First(line => line.StartsWith('{')))!;
    }
}
