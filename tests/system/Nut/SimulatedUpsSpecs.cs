using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Ebb.Core.Power;
using Ebb.Simulation.Ups;
using Ebb.Tests.Nut.Rig;
using Microsoft.Extensions.Time.Testing;
using NodaTime;

namespace Ebb.Tests.Nut;

/// <summary>
/// The simulated upsd, read by the adapter, by Debian's own clients, and held to what the real one was heard to say.
/// </summary>
public sealed class SimulatedUpsSpecs
{
    private readonly FakeTimeProvider _clock = new();

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
            return (await source.ReadAsync(Stop) as UpsNoAnswer)?.Fault;
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
