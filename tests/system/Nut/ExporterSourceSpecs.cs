using System.Diagnostics;
using System.IO.Compression;
using System.Net.Security;
using System.Security.Authentication;
using System.Text;
using Ebb.Core.Power;
using Ebb.Tests.Harness;
using Ebb.Tests.Nut.Rig;

namespace Ebb.Tests.Nut;

public sealed class ExporterSourceSpecs
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_page_is_read_with_what_was_asked_and_gzip_is_accepted()
    {
        var request = new List<string>();
        await using var server = Server(
            _ => ("200 OK", "Content-Encoding: gzip\r\n", Packed(ExporterPageSpecs.NutExporter)),
            request
        );
        await using var source = RealUpsdSpecs.Source(
            $"rack=http://me:p%40ss@127.0.0.1:{server.Port}/ups_metrics?ups=ups&server=nas"
        );
        for (var i = 0; i < 2; i++)
        {
            var reading = Assert.IsType<UpsReading>(await source.ReadAsync(Stop));
            Assert.Equal(("rack", 88), (reading.Ups, reading.Charge));
        }
        Assert.Equal(1, server.Connections);
        Assert.Equal("GET /ups_metrics?ups=ups&server=nas HTTP/1.1", request[0]);
        Assert.Contains("Authorization: Basic " + Convert.ToBase64String("me:p@ss"u8), request);
        Assert.Contains(
            request,
            line =>
                line.StartsWith("Accept-Encoding:", StringComparison.Ordinal)
                && line.Contains("gzip", StringComparison.Ordinal)
        );
        Assert.DoesNotContain("p@ss", source.Name, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("200 OK", "<html><body>NUT Exporter</body></html>", UpsFault.NoData)]
    [InlineData("200 OK", "", UpsFault.NoData)]
    [InlineData("500 Internal Server Error", "error reading response: EOF", UpsFault.ConnectionLost)]
    [InlineData("503 Service Unavailable", "Received error for query \"LIST VAR ups\": DATA-STALE", UpsFault.DataStale)]
    [InlineData("401 Unauthorized", "", UpsFault.AccessDenied)]
    [InlineData("302 Found", "", UpsFault.ProtocolError)]
    public async Task A_page_that_is_none_is_a_silence(string status, string body, UpsFault fault)
    {
        await using var server = Server(_ =>
            (status, "Location: http://127.0.0.1:1/\r\n", Encoding.UTF8.GetBytes(body))
        );
        await using var source = Exporter(server);
        Assert.Equal(fault, Assert.IsType<UpsNoAnswer>(await source.ReadAsync(Stop)).Fault);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task An_exporter_that_hangs_costs_five_seconds(int stage)
    {
        await using var server = new ScriptedServer(async client =>
        {
            if (stage > 0)
                await client.SayAsync("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
            if (stage > 1)
                await client.SayAsync(ExporterPageSpecs.NutExporter);
            await client.LingerAsync();
        });
        await using var source = Exporter(server, new FastTime(20));
        var since = Stopwatch.StartNew();
        Assert.Equal(UpsFault.TimedOut, Assert.IsType<UpsNoAnswer>(await source.ReadAsync(Stop)).Fault);
        Assert.InRange(since.Elapsed, TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(4));
    }

    [Fact]
    public async Task The_callers_cancellation_is_thrown()
    {
        await using var server = new ScriptedServer(client => client.LingerAsync());
        await using var source = Exporter(server);
        using var caller = new CancellationTokenSource(100);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => source.ReadAsync(caller.Token));
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nnetwork_ups", UpsFault.ConnectionLost)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello", UpsFault.Garbled)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nnetwo\r\n", UpsFault.ConnectionLost)]
    [InlineData("", UpsFault.ConnectionLost)]
    [InlineData("220 mail.example ESMTP\r\n", UpsFault.Garbled)]
    public async Task An_answer_that_breaks_off_is_a_silence(string answer, UpsFault fault)
    {
        await using var server = new ScriptedServer(async client =>
        {
            while (await client.HearAsync() is { Length: > 0 }) { }
            await client.SayAsync(answer);
        });
        await using var source = Exporter(server);
        Assert.Equal(fault, Assert.IsType<UpsNoAnswer>(await source.ReadAsync(Stop)).Fault);
    }

    [LongFact]
    public async Task A_page_without_end_is_not_read_to_it_even_when_it_is_packed()
    {
        var bomb = Packed(new string('x', 64 << 20));
        await using var server = Server(_ => ("200 OK", "Content-Encoding: gzip\r\n", bomb));
        await using var source = Exporter(server);
        Assert.Equal(UpsFault.Garbled, Assert.IsType<UpsNoAnswer>(await source.ReadAsync(Stop)).Fault);
    }

    [Fact]
    public async Task A_closed_port_is_unreachable()
    {
        await using var source = RealUpsdSpecs.Source($"http://127.0.0.1:{FreePort.Take()}/m?ups=ups");
        Assert.Equal(UpsFault.Unreachable, Assert.IsType<UpsNoAnswer>(await source.ReadAsync(Stop)).Fault);
    }

    [Fact]
    public async Task A_server_without_TLS_where_it_was_asked_for_is_a_TLS_failure()
    {
        await using var server = new ScriptedServer(client => client.SayAsync("HTTP/1.1 400 Bad Request\r\n\r\n"));
        await using var source = RealUpsdSpecs.Source($"https://127.0.0.1:{server.Port}/m?ups=ups");
        Assert.Equal(UpsFault.TlsFailed, Assert.IsType<UpsNoAnswer>(await source.ReadAsync(Stop)).Fault);
    }

    [Fact]
    public async Task Over_HTTPS_only_a_trusted_certificate_is_believed()
    {
        using var certificate = RudeServerSpecs.Certificate();
        await using var server = new ScriptedServer(async client =>
        {
            var tls = new SslStream(client.Stream);
            client.Stream = tls;
            try
            {
                await tls.AuthenticateAsServerAsync(
                    new SslServerAuthenticationOptions { ServerCertificate = certificate },
                    client.Stop
                );
            }
            catch (AuthenticationException)
            {
                return;
            }
            while (await client.HearAsync() is { } line)
            {
                if (line.Length > 0)
                    continue;
                await client.SayAsync(
                    $"HTTP/1.1 200 OK\r\nContent-Length: {ExporterPageSpecs.Hon95.Length}\r\n\r\n{ExporterPageSpecs.Hon95}"
                );
            }
        });
        await using var strict = RealUpsdSpecs.Source($"https://127.0.0.1:{server.Port}/nut?ups=b");
        Assert.Equal(UpsFault.TlsFailed, Assert.IsType<UpsNoAnswer>(await strict.ReadAsync(Stop)).Fault);
        await using var insecure = RealUpsdSpecs.Source($"https://127.0.0.1:{server.Port}/nut?ups=b&insecure=true");
        Assert.Equal(29, Assert.IsType<UpsReading>(await insecure.ReadAsync(Stop)).Charge);

        var folder = Directory.CreateTempSubdirectory("ebb-ca-");
        try
        {
            var file = Path.Combine(folder.FullName, "ca.pem");
            await using var trusting = RealUpsdSpecs.Source($"https://127.0.0.1:{server.Port}/nut?ups=b&ca={file}");
            Assert.Equal(UpsFault.TlsFailed, Assert.IsType<UpsNoAnswer>(await trusting.ReadAsync(Stop)).Fault);
            await File.WriteAllTextAsync(file, certificate.ExportCertificatePem(), Stop);
            Assert.Equal(29, Assert.IsType<UpsReading>(await trusting.ReadAsync(Stop)).Charge);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static Core.Ports.IUpsSource Exporter(ScriptedServer server, TimeProvider? clock = null) =>
        RealUpsdSpecs.Source($"http://127.0.0.1:{server.Port}/ups_metrics?ups=ups", clock);

    private static ScriptedServer Server(
        Func<int, (string Status, string Headers, byte[] Body)> answer,
        List<string>? heard = null
    ) =>
        new(async client =>
        {
            while (await client.HearAsync() is { } line)
            {
                heard?.Add(line);
                if (line.Length > 0)
                    continue;
                var (status, headers, body) = answer(client.Number);
                await client.SayAsync($"HTTP/1.1 {status}\r\n{headers}Content-Length: {body.Length}\r\n\r\n");
                await client.Stream.WriteAsync(body, client.Stop);
            }
        });

    private static byte[] Packed(string text)
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionMode.Compress))
            gzip.Write(Encoding.UTF8.GetBytes(text));
        return bytes.ToArray();
    }
}
