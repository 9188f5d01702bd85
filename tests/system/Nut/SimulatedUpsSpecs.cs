using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Ebb.Core.Power;
using Ebb.Simulation.Ups;
using Ebb.Tests.Nut.Rig;
using NodaTime;

namespace Ebb.Tests.Nut;

/// <summary>The simulated upsd, read by the adapter, by Debian's own clients, and held to what the real one was heard to say.</summary>
public sealed class SimulatedUpsSpecs
{
    private readonly HandTime _clock = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_adapter_reads_it_through_an_outage()
    {
        await using var ups = await SimulatedUps.StartAsync(0, _clock);
        await using var source = RealUpsdSpecs.Source($"nut://127.0.0.1:{ups.Port}/ups", _clock);
        Assert.Equal("OL", await FlagsAsync());
        ups.PullThePlug();
        Assert.Equal("OB DISCHRG", await FlagsAsync());
        _clock.Advance(TimeSpan.FromSeconds(50));
        _clock.Advance(TimeSpan.FromSeconds(50));
        var reading = Assert.IsType<UpsReading>(await source.ReadAsync(Stop));
        Assert.Equal((72, 17, 10), (reading.Charge, reading.Load, reading.ChargeLow));
        Assert.Equal(Duration.FromSeconds(996), reading.Runtime);
        ups.Charge = 5;
        Assert.Equal("OB DISCHRG LB", await FlagsAsync());
        ups.PlugIn();
        Assert.Equal("OL CHRG", await FlagsAsync());
        ups.ForcedShutdown = true;
        Assert.Equal("FSD OL CHRG", await FlagsAsync());
        ups.Waiting = true;
        Assert.Equal("FSD WAIT", await FlagsAsync());
        ups.Waiting = false;
        ups.Restart();
        Assert.Equal("OL CHRG", await FlagsAsync());
        ups.StatusOverride = "CAL OB";
        Assert.Equal("CAL OB", await FlagsAsync());
        ups.SetVariable("ups.status", null);
        Assert.Null(Assert.IsType<UpsReading>(await source.ReadAsync(Stop)).Flags);
        ups.ForgetVariable("ups.status");
        ups.SetVariable("battery.runtime", "65535");
        Assert.Null(Assert.IsType<UpsReading>(await source.ReadAsync(Stop)).Runtime);

        async Task<string> FlagsAsync() => Assert.IsType<UpsReading>(await source.ReadAsync(Stop)).Flags!.ToString();
    }

    [Fact]
    public async Task Its_failures_are_those_of_a_upsd()
    {
        await using var ups = await SimulatedUps.StartAsync(0, TimeProvider.System);
        async Task<UpsFault?> FaultAsync()
        {
            await using var source = RealUpsdSpecs.Source($"nut://127.0.0.1:{ups.Port}/ups", new FastTime(20));
            return (await source.ReadAsync(Stop) as UpsSilence)?.Fault;
        }

        Assert.Null(await FaultAsync());
        ups.Stale = true;
        Assert.Equal(UpsFault.DataStale, await FaultAsync());
        ups.DriverDead = true;
        Assert.Equal(UpsFault.DriverNotConnected, await FaultAsync());
        (ups.Stale, ups.DriverDead) = (false, false);
        foreach (
            var (mode, fault) in ((AnswerDefect, UpsFault)[])
                [
                    (AnswerDefect.HalfALine, UpsFault.ConnectionLost),
                    (AnswerDefect.Noise, UpsFault.Garbled),
                    (AnswerDefect.CutLine, UpsFault.Garbled),
                    (AnswerDefect.Endless, UpsFault.Garbled),
                    (AnswerDefect.NoAnswer, UpsFault.TimedOut),
                ]
        )
        {
            ups.AnswerDefect = mode;
            Assert.Equal(fault, await FaultAsync());
        }
        ups.AnswerDefect = AnswerDefect.None;
        ups.Freeze();
        Assert.Equal(UpsFault.TimedOut, await FaultAsync());
        ups.Thaw();
        Assert.Null(await FaultAsync());
        ups.Refuse = true;
        Assert.Equal(UpsFault.Unreachable, await FaultAsync());
        ups.Refuse = false;
        Assert.Null(await FaultAsync());
    }

    [Fact]
    public async Task Cut_connections_are_made_anew_within_the_same_poll()
    {
        await using var ups = await SimulatedUps.StartAsync(0, TimeProvider.System);
        await using var source = RealUpsdSpecs.Source($"nut://127.0.0.1:{ups.Port}/ups");
        for (var i = 1; i <= 3; i++)
        {
            Assert.IsType<UpsReading>(await source.ReadAsync(Stop));
            Assert.Equal(i, ups.Connections);
            ups.CutConnections();
        }
    }

    [Fact]
    public async Task A_client_that_completes_no_command_for_a_minute_is_dropped()
    {
        await using var ups = await SimulatedUps.StartAsync(0, _clock);
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", ups.Port, Stop);
        var stream = client.GetStream();
        await stream.WriteAsync("VER\nGET VAR"u8.ToArray(), Stop);
        var bytes = new byte[1000];
        Assert.True(await stream.ReadAsync(bytes, Stop) > 0);
        _clock.Advance(TimeSpan.FromSeconds(59));
        await stream.WriteAsync(" ups ups.status\n"u8.ToArray(), Stop);
        Assert.Equal(
            "VAR ups ups.status \"OL\"\n",
            Encoding.ASCII.GetString(bytes, 0, await stream.ReadAsync(bytes, Stop))
        );
        await Task.Delay(50, Stop);
        _clock.Advance(TimeSpan.FromSeconds(59));
        await stream.WriteAsync("half a"u8.ToArray(), Stop);
        await Task.Delay(50, Stop);
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(0, await EndAsync(stream));
    }

    [Fact]
    public async Task Real_upsc_upsrw_and_upscmd_work_with_it()
    {
        var upsc = Counterpart.Need("upsc", "nut-client");
        var upsrw = Counterpart.Need("upsrw", "nut-client");
        var upscmd = Counterpart.Need("upscmd", "nut-client");
        await using var ups = await SimulatedUps.StartAsync(0, TimeProvider.System);
        var at = $"ups@127.0.0.1:{ups.Port}";

        Assert.Equal("ups", await RunAsync(upsc, "-l", $"127.0.0.1:{ups.Port}"));
        Assert.Equal("ups: Simulated UPS", await RunAsync(upsc, "-L", $"127.0.0.1:{ups.Port}"));
        Assert.Equal("OL", await RunAsync(upsc, at, "ups.status"));
        var all = await RunAsync(upsc, at);
        foreach (var (name, value) in ups.Variables)
            Assert.Contains($"{name}: {value}", all, StringComparison.Ordinal);

        Assert.Contains("[ups.status]", await RunAsync(upsrw, at), StringComparison.Ordinal);
        await RunAsync(upsrw, "-s", "ups.status=OB LB", "-u", "admin", "-p", "adminpw", at);
        Assert.Equal("OB LB", await RunAsync(upsc, at, "ups.status"));
        await RunAsync(upsrw, "-s", "ups.status=", "-u", "admin", "-p", "adminpw", at);
        await RunAsync(upsrw, "-s", "ups.load=50", "-u", "admin", "-p", "adminpw", at);
        Assert.Equal(50, ups.Load);

        Assert.Contains("mains.off", await RunAsync(upscmd, "-l", at), StringComparison.Ordinal);
        await RunAsync(upscmd, "-u", "admin", "-p", "adminpw", at, "mains.off");
        Assert.Equal("OB DISCHRG", await RunAsync(upsc, at, "ups.status"));
        await RunAsync(upscmd, "-u", "admin", "-p", "wrong", at, "mains.on");
        Assert.False(ups.OnMains);
        ups.Stale = true;
        Assert.Contains("Data stale", await RunAsync(upsc, at, "ups.status"), StringComparison.Ordinal);
        ups.DriverDead = true;
        Assert.Contains("Driver not connected", await RunAsync(upsc, at, "ups.status"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("01-basic-errors-quoting-pipelining.txt", 69)]
    [InlineData("02-auth-set-fsd-stale-driverdeath-restart.txt", 85)]
    public async Task It_says_what_the_real_one_was_heard_to_say(string transcript, int least)
    {
        var file = Facts.Need("nut", "transcripts", transcript);
        await using var ups = await SimulatedUps.StartAsync(
            0,
            TimeProvider.System,
            new()
            {
                Description = "Rack UPS \"A\" \\ main #1",
                Users =
                [
                    new("admin", "adminpw")
                    {
                        MaySet = true,
                        MayForceShutdown = true,
                        MayCommand = true,
                    },
                    new("monuser", "p w\"d") { IsSecondary = true },
                    new("primary", "primarypw") { IsPrimary = true },
                    new("nobody", "nopw"),
                ],
            }
        );
        ups.SetVariable("ups.mfr", "Acme \"Power\" \\ Ltd #7");
        ups.SetVariable("ups.id", "B\u00fcro-USV");

        TcpClient? client = null;
        StreamReader? reader = null;
        var compared = 0;
        foreach (var (note, request, answers, afresh) in Exchanges(await File.ReadAllLinesAsync(file, Stop)))
        {
            if (client is null || afresh)
            {
                client?.Dispose();
                client = new TcpClient();
                await client.ConnectAsync("127.0.0.1", ups.Port, Stop);
                reader = new StreamReader(client.GetStream(), Encoding.Latin1);
            }
            if (note.Contains("restart: FSD latch is gone", StringComparison.Ordinal))
                ups.ForcedShutdown = false;
            if (IsElsewhere(request, answers))
                continue;
            await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(request), Stop);
            foreach (var answer in answers)
            {
                using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(3));
                var said = await reader!.ReadLineAsync(patience.Token);
                Assert.True(Same(answer, said), $"asked {request}heard {answer}, simulated {said}");
            }
            compared++;
        }
        client?.Dispose();
        Assert.True(compared >= least, $"only {compared} exchanges were compared");
    }

    /// <summary>
    /// What hangs on other UPSes of that machine, on the states that person brought about between the lines, on dummy-ups (its list
    /// of variables, WAIT at the start, values that come a second late), and on ends of connections.
    /// </summary>
    private static bool IsElsewhere(string request, IReadOnlyList<string> answers)
    {
        string[] others = ["dead", "seq", "LIST UPS"];
        string[] states =
        [
            "BEGIN LIST VAR",
            "BEGIN LIST RW",
            "BEGIN LIST CMD",
            "ERR DATA-STALE",
            "ERR DRIVER-NOT-CONNECTED",
            "ERR ALREADY-LOGGED-IN",
        ];
        return others.Any(other => request.Contains(other, StringComparison.OrdinalIgnoreCase))
            || states.Any(state => answers.Any(answer => answer.StartsWith(state, StringComparison.Ordinal)))
            || answers.Any(answer =>
                answer.Contains("WAIT", StringComparison.Ordinal) || answer is "PENDING" or "SUCCESS" or "ERR UNKNOWN"
            );
    }

    private static bool Same(string heard, string? said) =>
        heard == said
        || (
            heard.StartsWith("OK TRACKING ", StringComparison.Ordinal)
            && said?.Length == heard.Length
            && said.StartsWith("OK TRACKING ", StringComparison.Ordinal)
        )
        // The status was set by the line before, and dummy-ups was still to notice; ours is set at once.
        || (heard, said)
            is
                ("VAR ups ups.status \"OL\"", "VAR ups ups.status \"OB DISCHRG\"")
                or
                ("VAR ups ups.status \"OB DISCHRG\"", "VAR ups ups.status \"OL\"");

    private static IEnumerable<(string Note, string Request, IReadOnlyList<string> Answers, bool Afresh)> Exchanges(
        string[] lines
    )
    {
        string? request = null;
        List<string> answers = [];
        bool afresh = false,
            next = false;
        string note = "",
            nextNote = "";
        foreach (var line in lines.Append("-- end"))
        {
            var tag = line.Length >= 4 ? line[..4] : line;
            if (tag == "S> '")
            {
                answers.Add(Bytes(line[3..]).TrimEnd('\n'));
                continue;
            }
            if (tag == "S> <" && request is not null && line.Contains("EOF", StringComparison.Ordinal))
                next = true;
            if (tag.StartsWith("## ", StringComparison.Ordinal))
                nextNote = line;
            if (tag is not ("C> '" or "-- c" or "-- e"))
                continue;
            if (request is not null)
                yield return (note, request, answers, afresh);
            (note, request, answers, afresh) = (nextNote, null, [], next);
            if (tag == "C> '")
            {
                request = Bytes(line[3..]);
                next = false;
            }
            else
                next = true;
        }
    }

    /// <summary>Python's repr of a string.</summary>
    private static string Bytes(string repr)
    {
        var text = new StringBuilder();
        for (var i = 1; i < repr.Length - 1; i++)
        {
            if (repr[i] != '\\')
            {
                text.Append(repr[i]);
                continue;
            }
            switch (repr[++i])
            {
                case 'n':
                    text.Append('\n');
                    break;
                case 'r':
                    text.Append('\r');
                    break;
                case 't':
                    text.Append('\t');
                    break;
                case 'x':
                    text.Append(
                        (char)int.Parse(repr.AsSpan(i + 1, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture)
                    );
                    i += 2;
                    break;
                default:
                    text.Append(repr[i]);
                    break;
            }
        }
        return text.ToString();
    }

    private static async Task<int> EndAsync(NetworkStream stream)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(3));
        try
        {
            return await stream.ReadAsync(new byte[100], patience.Token);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                RedirectStandardInput = true,
            }
        )!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(Stop);
        var errors = await process.StandardError.ReadToEndAsync(Stop);
        await process.WaitForExitAsync(Stop);
        var text = (await output).TrimEnd();
        return text.Length > 0
            ? text
            : errors.Replace("Init SSL without certificate database", "", StringComparison.Ordinal).Trim();
    }
}
