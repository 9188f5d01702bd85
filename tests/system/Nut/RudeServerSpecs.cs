using System.Diagnostics;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Ebb.Core.Power;
using Ebb.Tests.Harness;
using Ebb.Tests.Nut.Rig;
using Microsoft.Extensions.Time.Testing;

namespace Ebb.Tests.Nut;

/// <summary>
/// Servers that are not well, and what the source makes of them: always an answer, within its deadlines.
/// </summary>
public sealed class RudeServerSpecs
{
    private const string List =
        "BEGIN LIST VAR ups\nVAR ups battery.charge \"88\"\nVAR ups ups.status \"OB\"\nEND LIST VAR ups\n";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("BEGIN LIST VAR ups\nVAR ups battery.char", UpsFault.ConnectionLost)]
    [InlineData("", UpsFault.ConnectionLost)]
    [InlineData("HTTP/1.1 400 Bad Request\r\n\r\n", UpsFault.Garbled)]
    [InlineData("\u0000\u0001\u0002\n", UpsFault.Garbled)]
    [InlineData("\n", UpsFault.ConnectionLost)]
    [InlineData("ERR ACCESS-DENIED\n", UpsFault.AccessDenied)]
    [InlineData("ERR DATA-STALE\n", UpsFault.DataStale)]
    [InlineData("ERR DRIVER-NOT-CONNECTED\n", UpsFault.DriverNotConnected)]
    [InlineData("ERR UNKNOWN-UPS\n", UpsFault.UnknownUps)]
    [InlineData("ERR INVALID-ARGUMENT\n", UpsFault.ProtocolError)]
    public async Task An_answer_that_is_no_list_is_a_silence_with_its_reason(string answer, UpsFault fault)
    {
        await using var server = new ScriptedServer(async client =>
        {
            if (await client.HearAsync() is null)
                return;
            await client.SayAsync(answer);
        });
        await using var source = RealUpsdSpecs.Source($"nut://127.0.0.1:{server.Port}/ups");
        var silence = Assert.IsType<UpsNoAnswer>(await source.ReadAsync(Stop));
        Assert.Equal(fault, silence.Fault);
        Assert.NotEmpty(silence.Detail);
    }

    [Fact]
    public async Task A_list_that_comes_byte_by_byte_is_read()
    {
        await using var server = new ScriptedServer(async client =>
        {
            while (await client.HearAsync() is not null)
                foreach (var c in List)
                    await client.SayAsync(c.ToString());
        });
        await using var source = RealUpsdSpecs.Source($"nut://127.0.0.1:{server.Port}/ups");
        for (var i = 0; i < 3; i++)
            Assert.Equal(88, Assert.IsType<UpsReading>(await source.ReadAsync(Stop)).Charge);
        Assert.Equal(1, server.Connections);
    }

    [Theory]
    [InlineData("\r\n")]
    [InlineData("\r\r\n")]
    [InlineData("\n\r")]
    [InlineData("\n\n")]
    [InlineData(" \n")]
    public async Task A_server_of_another_make_may_end_its_lines_otherwise_and_know_no_quotes(string end)
    {
        await using var server = new ScriptedServer(async client =>
        {
            while (await client.HearAsync() is { } line)
            {
                var answer =
                    line is "USERNAME me" or "PASSWORD secret" ? "OK\n"
                    : line == "LIST VAR ups" ? List
                    : "ERR UNKNOWN-UPS\n";
                await client.SayAsync(answer.Replace("\n", end, StringComparison.Ordinal));
            }
        });
        await using var source = RealUpsdSpecs.Source($"nut://me:secret@127.0.0.1:{server.Port}/ups");
        for (var i = 0; i < 3; i++)
            Assert.Equal(88, Assert.IsType<UpsReading>(await source.ReadAsync(Stop)).Charge);
    }

    [Fact]
    public async Task One_odd_variable_does_not_make_the_whole_UPS_unreadable()
    {
        await using var server = new ScriptedServer(async client =>
        {
            while (await client.HearAsync() is not null)
                await client.SayAsync(
                    List.Replace(
                        "VAR ups ups",
                        "VAR ups device.model \"19\" rack\"\nVAR ups ups",
                        StringComparison.Ordinal
                    )
                );
        });
        await using var source = RealUpsdSpecs.Source($"nut://127.0.0.1:{server.Port}/ups");
        for (var i = 0; i < 3; i++)
        {
            var reading = Assert.IsType<UpsReading>(await source.ReadAsync(Stop));
            Assert.Equal(("OB", 88), (reading.Flags!.ToString(), reading.Charge));
            Assert.EndsWith(": device.model", reading.Note, StringComparison.Ordinal);
        }
        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public async Task A_hundred_mebibytes_of_garbage_are_not_read_to_their_end()
    {
        long sent = 0;
        await using var server = new ScriptedServer(async client =>
        {
            await client.HearAsync();
            var block = new byte[1 << 16];
            Array.Fill(block, (byte)'x');
            for (; sent < 100 << 20; sent += block.Length)
                await client.Stream.WriteAsync(block, client.Stop);
        });
        await using var source = RealUpsdSpecs.Source($"nut://127.0.0.1:{server.Port}/ups");
        Assert.Equal(UpsFault.Garbled, Assert.IsType<UpsNoAnswer>(await source.ReadAsync(Stop)).Fault);
        Assert.InRange(Volatile.Read(ref sent), 0, 50 << 20);
    }

    [Theory]
    [InlineData("VAR ups a \"1\"\n")]
    [InlineData(
        "VAR ups a \"0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789\"\n"
    )]
    public async Task A_list_without_end_is_given_up(string line)
    {
        await using var server = new ScriptedServer(async client =>
        {
            await client.HearAsync();
            await client.SayAsync("BEGIN LIST VAR ups\n");
            while (true)
                await client.SayAsync(line);
        });
        await using var source = RealUpsdSpecs.Source($"nut://127.0.0.1:{server.Port}/ups");
        Assert.Equal(UpsFault.Garbled, Assert.IsType<UpsNoAnswer>(await source.ReadAsync(Stop)).Fault);
    }

    [Fact]
    public async Task A_line_cut_at_512_bytes_is_garbled_and_the_next_poll_begins_anew()
    {
        await using var server = new ScriptedServer(async client =>
        {
            while (await client.HearAsync() is not null)
            {
                var cut = ("VAR ups ups.alarm \"" + new string('A', 600))[..512];
                await client.SayAsync(
                    client.Number == 0
                        ? List.Replace("VAR ups ups.status", cut + "VAR ups ups.status", StringComparison.Ordinal)
                        : List
                );
            }
        });
        var clock = new FakeTimeProvider();
        await using var source = RealUpsdSpecs.Source($"nut://127.0.0.1:{server.Port}/ups", clock);
        Assert.Equal(UpsFault.Garbled, Assert.IsType<UpsNoAnswer>(await source.ReadAsync(Stop)).Fault);
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.IsType<UpsReading>(await source.ReadAsync(Stop));
        Assert.Equal(2, server.Connections);
    }

    [Fact]
    public async Task A_server_that_takes_the_connection_and_says_nothing_costs_five_seconds_and_no_more()
    {
        await using var server = new ScriptedServer(client => client.LingerAsync());
        await using var source = RealUpsdSpecs.Source($"nut://127.0.0.1:{server.Port}/ups", new FastTime(20));
        var since = Stopwatch.StartNew();
        Assert.Equal(UpsFault.TimedOut, Assert.IsType<UpsNoAnswer>(await source.ReadAsync(Stop)).Fault);
        Assert.InRange(since.Elapsed, TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(4));
    }

    [Fact]
    public async Task A_server_that_trickles_does_not_stretch_the_deadline()
    {
        await using var server = new ScriptedServer(async client =>
        {
            await client.HearAsync();
            await client.SayAsync("BEGIN LIST VAR ups\n");
            for (var i = 0; ; i++)
            {
                await client.SayAsync($"VAR ups v{i} \"\"\n");
                await Task.Delay(20, client.Stop);
            }
        });
        await using var source = RealUpsdSpecs.Source($"nut://127.0.0.1:{server.Port}/ups", new FastTime(20));
        Assert.Equal(UpsFault.TimedOut, Assert.IsType<UpsNoAnswer>(await source.ReadAsync(Stop)).Fault);
    }

    [Fact]
    public async Task The_callers_cancellation_is_thrown_and_spoils_nothing()
    {
        var mute = true;
        await using var server = new ScriptedServer(async client =>
        {
            while (await client.HearAsync() is not null)
                if (!mute)
                    await client.SayAsync(List);
        });
        await using var source = RealUpsdSpecs.Source($"nut://127.0.0.1:{server.Port}/ups");
        using var caller = new CancellationTokenSource(100);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => source.ReadAsync(caller.Token));
        mute = false;
        Assert.IsType<UpsReading>(await source.ReadAsync(Stop));
        Assert.Equal(2, server.Connections);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => source.ReadAsync(new CancellationToken(true)));
    }

    [Fact]
    public async Task A_server_that_fails_is_left_alone_for_longer_each_time_up_to_five_seconds()
    {
        await using var server = new ScriptedServer(async client =>
        {
            await client.HearAsync();
            client.Reset();
        });
        var clock = new FakeTimeProvider();
        await using var source = RealUpsdSpecs.Source($"nut://127.0.0.1:{server.Port}/ups", clock);
        for (var tenths = 0; tenths < 600; tenths++)
        {
            var silence = Assert.IsType<UpsNoAnswer>(await source.ReadAsync(Stop));
            Assert.Equal(UpsFault.ConnectionLost, silence.Fault);
            clock.Advance(TimeSpan.FromMilliseconds(100));
        }
        // 0, 0.5, 1.5, 3.5, 7.5, then one every 5 s of the minute.
        Assert.InRange(server.Connections, 14, 16);
    }

    [Fact]
    public async Task A_closed_port_is_unreachable_and_found_again()
    {
        var port = FreePort.Take();
        var clock = new FakeTimeProvider();
        await using var source = RealUpsdSpecs.Source($"nut://127.0.0.1:{port}/ups", clock);
        Assert.Equal(UpsFault.Unreachable, Assert.IsType<UpsNoAnswer>(await source.ReadAsync(Stop)).Fault);
        Assert.Contains(
            "tried again in",
            Assert.IsType<UpsNoAnswer>(await source.ReadAsync(Stop)).Detail,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_name_that_does_not_resolve_is_unreachable()
    {
        await using var source = RealUpsdSpecs.Source("nut://no-such-host.invalid/ups");
        Assert.Equal(UpsFault.Unreachable, Assert.IsType<UpsNoAnswer>(await source.ReadAsync(Stop)).Fault);
    }

    [Fact]
    public async Task A_connection_that_died_between_two_polls_is_made_anew_at_once()
    {
        await using var server = new ScriptedServer(async client =>
        {
            await client.HearAsync();
            await client.SayAsync(List);
        });
        await using var source = RealUpsdSpecs.Source($"nut://127.0.0.1:{server.Port}/ups", new FakeTimeProvider());
        for (var i = 1; i <= 5; i++)
        {
            Assert.IsType<UpsReading>(await source.ReadAsync(Stop));
            Assert.Equal(i, server.Connections);
        }
    }

    [Fact]
    public async Task Words_that_nobody_asked_for_spoil_a_connection()
    {
        var said = new TaskCompletionSource();
        await using var server = new ScriptedServer(async client =>
        {
            await client.HearAsync();
            await client.SayAsync(
                List + (client.Number == 0 ? "BEGIN LIST VAR ups\nVAR ups ups.status \"OL\"\nEND LIST VAR ups\n" : "")
            );
            await client.LingerAsync();
        });
        await using var source = RealUpsdSpecs.Source($"nut://127.0.0.1:{server.Port}/ups");
        for (var i = 0; i < 2; i++)
            Assert.Equal(UpsFlags.Parse("OB"), Assert.IsType<UpsReading>(await source.ReadAsync(Stop)).Flags);
        Assert.Equal(2, server.Connections);
    }

    [Fact]
    public async Task Name_and_password_are_quoted_only_when_they_must_be_and_LOGIN_is_never_sent()
    {
        List<string?> heard = [];
        await using var server = new ScriptedServer(async client =>
        {
            while (await client.HearAsync() is { } line)
            {
                heard.Add(line);
                await client.SayAsync(line.StartsWith("LIST", StringComparison.Ordinal) ? List : "OK\n");
            }
        });
        await using var source = RealUpsdSpecs.Source($"nut://me:p%20w%22d%231%5C@127.0.0.1:{server.Port}/ups");
        for (var i = 0; i < 2; i++)
            Assert.IsType<UpsReading>(await source.ReadAsync(Stop));
        Assert.Equal(["USERNAME me", "PASSWORD \"p w\\\"d\\#1\\\\\"", "LIST VAR ups", "LIST VAR ups"], heard);
        Assert.DoesNotContain("p w", source.Name + source, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_knows_no_names_is_read_without_and_never_hears_the_password()
    {
        List<string?> heard = [];
        await using var server = new ScriptedServer(async client =>
        {
            while (await client.HearAsync() is { } line)
            {
                heard.Add(line);
                await client.SayAsync(line == "LIST VAR ups" ? List : "ERR UNKNOWN-COMMAND\n");
            }
        });
        await using var source = RealUpsdSpecs.Source($"nut://me:hunter2@127.0.0.1:{server.Port}/ups");
        Assert.IsType<UpsReading>(await source.ReadAsync(Stop));
        Assert.Equal(["USERNAME me", "LIST VAR ups"], heard);
    }

    [Theory]
    [InlineData("ERR INVALID-PASSWORD\n", UpsFault.AccessDenied)]
    [InlineData("ERR ACCESS-DENIED\n", UpsFault.AccessDenied)]
    [InlineData("what?\n", UpsFault.Garbled)]
    public async Task A_server_that_refuses_a_password_says_so_without_it(string answer, UpsFault fault)
    {
        await using var server = new ScriptedServer(async client =>
        {
            while (await client.HearAsync() is { } line)
                await client.SayAsync(line.StartsWith("PASSWORD", StringComparison.Ordinal) ? answer : "OK\n");
        });
        await using var source = RealUpsdSpecs.Source($"nut://me:hunter2@127.0.0.1:{server.Port}/ups");
        var silence = Assert.IsType<UpsNoAnswer>(await source.ReadAsync(Stop));
        Assert.Equal(fault, silence.Fault);
        Assert.DoesNotContain("hunter2", silence.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task STARTTLS_hides_everything_after_it()
    {
        using var certificate = Certificate();
        List<string?> clear = [],
            hidden = [];
        await using var server = TlsServer(certificate, clear, hidden);
        await using var insecure = RealUpsdSpecs.Source($"nuts://me:secret@127.0.0.1:{server.Port}/ups?insecure=true");
        for (var i = 0; i < 3; i++)
            Assert.Equal(88, Assert.IsType<UpsReading>(await insecure.ReadAsync(Stop)).Charge);
        Assert.Equal(1, server.Connections);
        Assert.Equal(["STARTTLS"], clear);
        Assert.Equal(["USERNAME me", "PASSWORD secret", "LIST VAR ups", "LIST VAR ups", "LIST VAR ups"], hidden);
    }

    [LongFact]
    public async Task A_certificate_is_believed_only_from_a_root_that_is_trusted()
    {
        using var certificate = Certificate();
        await using var server = TlsServer(certificate, [], []);
        await using var strict = RealUpsdSpecs.Source($"nuts://127.0.0.1:{server.Port}/ups");
        Assert.Equal(UpsFault.TlsFailed, Assert.IsType<UpsNoAnswer>(await strict.ReadAsync(Stop)).Fault);

        var folder = Directory.CreateTempSubdirectory("ebb-ca-");
        try
        {
            var file = Path.Combine(folder.FullName, "ca.pem");
            await using var trusting = RealUpsdSpecs.Source(
                $"nuts://127.0.0.1:{server.Port}/ups?ca={file}",
                new FastTime(1)
            );
            Assert.Equal(UpsFault.TlsFailed, Assert.IsType<UpsNoAnswer>(await trusting.ReadAsync(Stop)).Fault);
            await File.WriteAllTextAsync(file, certificate.ExportCertificatePem(), Stop);
            await Task.Delay(600, Stop);
            Assert.IsType<UpsReading>(await trusting.ReadAsync(Stop));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("ERR FEATURE-NOT-CONFIGURED\n", UpsFault.TlsFailed)]
    [InlineData("ERR FEATURE-NOT-SUPPORTED\n", UpsFault.TlsFailed)]
    [InlineData("ERR UNKNOWN-COMMAND\n", UpsFault.TlsFailed)]
    [InlineData("OK STARTTLS\nOK\nOK\n", UpsFault.TlsFailed)]
    [InlineData("OK STARTTLS\n", UpsFault.TimedOut)]
    public async Task Without_TLS_nothing_is_said_in_the_clear(string answer, UpsFault fault)
    {
        List<string?> heard = [];
        await using var server = new ScriptedServer(async client =>
        {
            heard.Add(await client.HearAsync());
            await client.SayAsync(answer);
            while (await client.HearAsync() is { } line)
                heard.Add(line);
        });
        await using (
            var source = RealUpsdSpecs.Source($"nuts://me:hunter2@127.0.0.1:{server.Port}/ups", new FastTime(10))
        )
            Assert.Equal(fault, Assert.IsType<UpsNoAnswer>(await source.ReadAsync(Stop)).Fault);
        Assert.Equal("STARTTLS", heard[0]);
        Assert.DoesNotContain(heard, line => line!.Contains("hunter2", StringComparison.Ordinal));
    }

    internal static ScriptedServer TlsServer(X509Certificate2 certificate, List<string?> clear, List<string?> hidden) =>
        new(async client =>
        {
            clear.Add(await client.HearAsync());
            await client.SayAsync("OK STARTTLS\n");
            var tls = new SslStream(client.Stream);
            client.Stream = tls;
            try
            {
                await tls.AuthenticateAsServerAsync(
                    new SslServerAuthenticationOptions { ServerCertificate = certificate },
                    client.Stop
                );
            }
            catch (System.Security.Authentication.AuthenticationException)
            {
                return;
            }
            while (await client.HearAsync() is { } line)
            {
                hidden.Add(line);
                await client.SayAsync(line.StartsWith("LIST", StringComparison.Ordinal) ? List : "OK\n");
            }
        });

    internal static X509Certificate2 Certificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }
}
