using System.Net;
using System.Net.Sockets;
using Ebb.Core.Ports;
using Ebb.Core.Power;
using Ebb.Nut;
using Ebb.Nut.Dialing;
using Ebb.Tests.Harness;
using Ebb.Tests.Nut.Rig;
using Microsoft.Extensions.Time.Testing;

namespace Ebb.Tests.Nut;

/// <summary>The way to a server whose name goes with the power.</summary>
public sealed class DialingSpecs
{
    private const string Host = "nas.example";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [LongTheory]
    [InlineData("nut://nas.example:{0}/ups", false)]
    [InlineData("nut://nas.example:{0}/ups", true)]
    [InlineData("http://nas.example:{0}/ups_metrics?ups=ups", false)]
    [InlineData("http://nas.example:{0}/ups_metrics?ups=ups", true)]
    public async Task A_name_that_is_gone_leads_to_where_it_answered_last(string address, bool hangs)
    {
        await using var server = Server();
        var known = new KnownAddresses([Host]);
        var text = string.Format(System.Globalization.CultureInfo.InvariantCulture, address, server.Port);
        await using (var before = Source(text, known, _ => Task.FromResult<IPAddress[]>([IPAddress.Loopback])))
            Assert.Null(Assert.IsType<UpsReading>(await before.ReadAsync(Stop)).Note);

        // Another process, which has only what was stored.
        var later = new KnownAddresses([Host]);
        foreach (var (host, addresses) in known.Hosts)
            later.Recall(host, addresses);
        await using var source = Source(text, later, hangs ? Hangs : Gone);
        for (var i = 0; i < 2; i++)
        {
            var reading = Assert.IsType<UpsReading>(await source.ReadAsync(Stop));
            Assert.Equal(
                hangs
                    ? "the name nas.example is not resolved in time: asked at 127.0.0.1, where it answered last"
                    : "the name nas.example does not resolve (HostNotFound): asked at 127.0.0.1, where it answered last",
                reading.Note
            );
        }
    }

    [Theory]
    [InlineData("nut://[::1%25lo]:{0}/ups")]
    [InlineData("nut://[::1%lo]:{0}/ups")]
    [InlineData("http://[::1%25lo]:{0}/ups_metrics?ups=ups")]
    public async Task An_address_with_a_zone_is_asked_through_its_interface(string address)
    {
        await using var server = Server(IPAddress.IPv6Loopback);
        await using var source = RealUpsdSpecs.Source(
            string.Format(System.Globalization.CultureInfo.InvariantCulture, address, server.Port)
        );
        Assert.IsType<UpsReading>(await source.ReadAsync(Stop));
    }

    [Fact]
    public async Task A_name_that_is_back_is_used_after_a_minute_at_the_latest()
    {
        await using var server = Server();
        var known = Knows("127.0.0.1");
        NameLookup lookup = Gone;
        var clock = new FakeTimeProvider();
        await using var source = Source($"nut://{Host}:{server.Port}/ups", known, host => lookup(host), clock);
        Assert.NotNull(Assert.IsType<UpsReading>(await source.ReadAsync(Stop)).Note);
        lookup = _ => Task.FromResult<IPAddress[]>([IPAddress.Loopback]);
        clock.Advance(TimeSpan.FromSeconds(59));
        Assert.NotNull(Assert.IsType<UpsReading>(await source.ReadAsync(Stop)).Note);
        Assert.Equal(1, server.Connections);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(Assert.IsType<UpsReading>(await source.ReadAsync(Stop)).Note);
        Assert.Equal(2, server.Connections);
    }

    [Fact]
    public async Task A_name_that_moved_is_followed_and_the_old_address_is_not_asked()
    {
        await using var server = Server();
        await using var source = Source(
            $"nut://{Host}:{server.Port}/ups",
            Knows("127.0.0.1"),
            _ => Task.FromResult<IPAddress[]>([IPAddress.Parse("127.0.0.9")])
        );
        Assert.Equal(UpsFault.Unreachable, Assert.IsType<UpsNoAnswer>(await source.ReadAsync(Stop)).Fault);
        Assert.Equal(0, server.Connections);
    }

    [Fact]
    public async Task A_name_that_never_answered_is_unreachable_as_ever()
    {
        await using var source = Source($"nut://{Host}/ups", new KnownAddresses([Host]), Gone);
        var silence = Assert.IsType<UpsNoAnswer>(await source.ReadAsync(Stop));
        Assert.Equal((UpsFault.Unreachable, "no connection: HostNotFound"), (silence.Fault, silence.Detail));
    }

    [Fact]
    public async Task A_remembered_address_that_is_dead_is_told_with_the_name()
    {
        await using var source = Source($"nut://{Host}:1/ups", Knows("127.0.0.1"), Gone);
        var silence = Assert.IsType<UpsNoAnswer>(await source.ReadAsync(Stop));
        Assert.Contains("asked at 127.0.0.1", silence.Detail, StringComparison.Ordinal);
    }

    [LongFact]
    public async Task A_lookup_that_takes_longer_than_one_attempt_is_waited_for_in_the_next()
    {
        await using var server = Server();
        var answer = new TaskCompletionSource<IPAddress[]>();
        var asked = 0;
        var clock = new FakeTimeProvider();
        await using var source = Source(
            $"nut://{Host}:{server.Port}/ups",
            new KnownAddresses([Host]),
            _ =>
            {
                asked++;
                return answer.Task;
            },
            clock
        );
        Assert.Equal(UpsFault.TimedOut, Assert.IsType<UpsNoAnswer>(await source.ReadAsync(Stop)).Fault);
        answer.SetResult([IPAddress.Loopback]);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.IsType<UpsReading>(await source.ReadAsync(Stop));
        Assert.Equal(1, asked);
    }

    [Theory]
    [InlineData("nut://nas.example:{0}/ups")]
    [InlineData("http://nas.example:{0}/ups_metrics?ups=ups")]
    public async Task A_first_address_that_swallows_packets_does_not_use_up_the_time_of_the_second(string address)
    {
        await using var server = Server();
        // A queue that is full: the kernel drops what comes.
        using var full = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        var swallowing = IPAddress.Parse("127.0.0.7");
        full.Bind(new IPEndPoint(swallowing, server.Port));
        full.Listen(0);
        using var filling = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await filling.ConnectAsync(swallowing, server.Port, Stop);

        var known = new KnownAddresses([Host]);
        await using var source = Source(
            string.Format(System.Globalization.CultureInfo.InvariantCulture, address, server.Port),
            known,
            _ => Task.FromResult<IPAddress[]>([swallowing, IPAddress.IPv6Loopback, IPAddress.Loopback])
        );
        Assert.IsType<UpsReading>(await source.ReadAsync(Stop));
        Assert.Equal("127.0.0.1", Assert.Single(known.Hosts).Addresses[0]);
    }

    [Fact]
    public async Task A_certificate_is_of_the_name_whatever_the_address()
    {
        using var certificate = RudeServerSpecs.Certificate();
        var folder = Directory.CreateTempSubdirectory("ebb-ca-");
        try
        {
            var roots = Path.Combine(folder.FullName, "ca.pem");
            await File.WriteAllTextAsync(roots, certificate.ExportCertificatePem(), Stop);
            await using var server = RudeServerSpecs.TlsServer(certificate, [], []);
            await using var source = Source($"nuts://{Host}:{server.Port}/ups?ca={roots}", Knows("127.0.0.1"), Gone);
            Assert.Equal(UpsFault.TlsFailed, Assert.IsType<UpsNoAnswer>(await source.ReadAsync(Stop)).Fault);
            await using var literal = RealUpsdSpecs.Source($"nuts://127.0.0.1:{server.Port}/ups?ca={roots}");
            Assert.IsType<UpsReading>(await literal.ReadAsync(Stop));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void What_is_remembered_is_bounded_and_the_same_addresses_in_another_order_are_no_news()
    {
        var known = new KnownAddresses([Host]);
        known.Recall("other.example", ["10.0.0.1"]);
        known.Recall(Host, ["no address", ""]);
        Assert.Empty(known.Hosts);
        known.Recall(Host, Enumerable.Range(1, 20).Select(i => $"10.0.0.{i}"));
        Assert.Equal(KnownAddresses.Most, Assert.Single(known.Hosts).Addresses.Count);
        var (a, b) = (IPAddress.Parse("10.1.0.1"), IPAddress.Parse("10.1.0.2"));
        known.Worked(Host, [a, b], b);
        Assert.Equal(["10.1.0.2", "10.1.0.1"], Assert.Single(known.Hosts).Addresses);
        known.Worked(Host, [a, b], a);
        Assert.Equal(["10.1.0.2", "10.1.0.1"], Assert.Single(known.Hosts).Addresses);
        known.Recall(Host, ["10.9.9.9"]);
        Assert.Equal(["10.1.0.2", "10.1.0.1"], Assert.Single(known.Hosts).Addresses);
    }

    private static Task<IPAddress[]> Gone(string host) =>
        Task.FromException<IPAddress[]>(new SocketException((int)SocketError.HostNotFound));

    private static Task<IPAddress[]> Hangs(string host) => new TaskCompletionSource<IPAddress[]>().Task;

    private static KnownAddresses Knows(string address)
    {
        var known = new KnownAddresses([Host]);
        known.Recall(Host, [address]);
        return known;
    }

    private static IUpsSource Source(
        string address,
        KnownAddresses known,
        NameLookup lookup,
        TimeProvider? clock = null
    ) =>
        UpsSources.Create(
            [UpsSourceAddress.Parse(address).Address!],
            clock ?? TimeProvider.System,
            TimeProvider.System,
            known,
            lookup
        )[0];

    /// <summary>A upsd and an exporter in one.</summary>
    private static ScriptedServer Server(IPAddress? at = null) =>
        new(
            async client =>
            {
                while (await client.HearAsync() is { } line)
                    if (line == "LIST VAR ups")
                        await client.SayAsync("BEGIN LIST VAR ups\nVAR ups ups.status \"OL\"\nEND LIST VAR ups\n");
                    else if (line.Length == 0)
                        await client.SayAsync(
                            $"HTTP/1.1 200 OK\r\nContent-Length: {ExporterPageSpecs.NutExporter.Length}\r\n\r\n"
                                + ExporterPageSpecs.NutExporter
                        );
            },
            at
        );
}
