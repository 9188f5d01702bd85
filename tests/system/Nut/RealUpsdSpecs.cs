using Ebb.Core.Ports;
using Ebb.Core.Power;
using Ebb.Nut;
using Ebb.Tests.Nut.Rig;
using Microsoft.Extensions.Time.Testing;
using NodaTime;

namespace Ebb.Tests.Nut;

/// <summary>Debian's upsd, with a driver that the test plays.</summary>
public sealed class RealUpsdSpecs
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    internal static IUpsSource Source(string address, TimeProvider? clock = null)
    {
        var outcome = UpsSourceAddress.Parse(address);
        Assert.Empty(outcome.Errors);
        return UpsSources.Create(
            [outcome.Address!],
            clock ?? TimeProvider.System,
            clock is FakeTimeProvider ? TimeProvider.System : clock
        )[0];
    }

    [Fact]
    public async Task What_the_driver_says_is_read_at_once()
    {
        await using var upsd = await RealUpsd.StartAsync();
        await using var source = Source(upsd.Address);

        var reading = Assert.IsType<UpsReading>(await source.ReadAsync(Stop));
        Assert.Equal(UpsFlags.Parse("OL"), reading.Flags);
        Assert.Equal((100, 17, 10), (reading.Charge, reading.Load, reading.ChargeLow));
        Assert.Equal((Duration.FromSeconds(1380), Duration.FromSeconds(120)), (reading.Runtime, reading.RuntimeLow));
        Assert.Null(reading.Alarm);
        Assert.Equal((RealUpsd.Ups, upsd.Address), (reading.Ups, reading.Source));

        foreach (
            var status in (string[])
                [
                    "OB DISCHRG",
                    "OB DISCHRG LB",
                    "FSD OB LB",
                    "OL CHRG",
                    "ol  chrg ",
                    " OL",
                    "FOO OL",
                    "CAL OB",
                    "",
                    "\"",
                    "a#b\\c",
                ]
        )
        {
            await upsd.SetAsync("ups.status", status);
            Assert.Equal(UpsFlags.Parse(status), Assert.IsType<UpsReading>(await source.ReadAsync(Stop)).Flags);
        }
    }

    [Fact]
    public async Task Values_that_cannot_be_true_are_unknown()
    {
        await using var upsd = await RealUpsd.StartAsync();
        await using var source = Source(upsd.Address);
        foreach (var charge in (string[])["", "nan", "-1", "1e3", "12.34.56", "99999999999999999999", "255", "120"])
        {
            await upsd.SetAsync("battery.charge", charge);
            Assert.Null(Assert.IsType<UpsReading>(await source.ReadAsync(Stop)).Charge);
        }
        foreach (var runtime in (string[])["0", "-1", "65535", "36:00", "3932100", "-60.0"])
        {
            await upsd.SetAsync("battery.runtime", runtime);
            Assert.Null(Assert.IsType<UpsReading>(await source.ReadAsync(Stop)).Runtime);
        }
        await upsd.RemoveAsync("battery.runtime");
        await upsd.RemoveAsync("ups.status");
        var reading = Assert.IsType<UpsReading>(await source.ReadAsync(Stop));
        Assert.Null(reading.Runtime);
        Assert.Null(reading.Flags);
        upsd.Driver.SayRaw(
            "SETINFO ups.status \"OB\"\nSETINFO ups.alarm \"Replace battery! \\\"now\\\"\"\nSETINFO ups.id \"B\u00fcro\u0001\"\n"
        );
        await upsd.UntilAsync(answer => answer.Contains("OB", StringComparison.Ordinal));
        reading = Assert.IsType<UpsReading>(await source.ReadAsync(Stop));
        Assert.Equal("Replace battery! \"now\"", reading.Alarm);
    }

    [Fact]
    public async Task Stale_data_a_dead_driver_and_an_unknown_UPS_keep_the_connection()
    {
        await using var upsd = await RealUpsd.StartAsync();
        await using var source = Source(upsd.Address);
        await using var unknown = Source($"nut://127.0.0.1:{upsd.Port}/nosuch");
        await using var dead = Source($"nut://127.0.0.1:{upsd.Port}/dead");
        Assert.Equal(UpsFault.UnknownUps, Assert.IsType<UpsNoAnswer>(await unknown.ReadAsync(Stop)).Fault);
        Assert.Equal(UpsFault.DriverNotConnected, Assert.IsType<UpsNoAnswer>(await dead.ReadAsync(Stop)).Fault);

        await upsd.Stale();
        Assert.Equal(UpsFault.DataStale, Assert.IsType<UpsNoAnswer>(await source.ReadAsync(Stop)).Fault);
        await upsd.Stale(false);
        Assert.IsType<UpsReading>(await source.ReadAsync(Stop));

        await upsd.KillDriver();
        Assert.Equal(UpsFault.DriverNotConnected, Assert.IsType<UpsNoAnswer>(await source.ReadAsync(Stop)).Fault);
        upsd.StartDriver();
        var sawWait = false;
        for (var i = 0; i < 500; i++)
        {
            var answer = await source.ReadAsync(Stop);
            if (answer is UpsReading { Flags: { } flags } reading)
            {
                if (!flags.Contains("WAIT"))
                    break;
                sawWait = true;
                Assert.Null(reading.Charge);
            }
            await Task.Delay(10, Stop);
        }
        Assert.IsType<UpsReading>(await source.ReadAsync(Stop));
        TestContext.Current.SendDiagnosticMessage("WAIT was seen: {0}", sawWait);
    }

    [Fact]
    public async Task FSD_is_a_latch_that_only_a_restart_clears()
    {
        await using var upsd = await RealUpsd.StartAsync();
        await using var source = Source(upsd.Address);
        Assert.Equal("OK FSD-SET", await upsd.AskAsync("USERNAME primary", "PASSWORD primarypw", "FSD ups"));
        Assert.Equal(["FSD", "OL"], Assert.IsType<UpsReading>(await source.ReadAsync(Stop)).Flags!.Tokens);
        await upsd.Restart();
        Assert.Equal(["OL"], Assert.IsType<UpsReading>(await source.ReadAsync(Stop)).Flags!.Tokens);
    }

    [Fact]
    public async Task Credentials_with_everything_in_them_are_accepted()
    {
        await using var upsd = await RealUpsd.StartAsync();
        await using var source = Source($"nut://monuser:p%20w%22d%231@127.0.0.1:{upsd.Port}/UPS");
        Assert.IsType<UpsReading>(await source.ReadAsync(Stop));
        // upsd takes any password, but not one that it reads as several words.
        foreach (var other in (string[])["wrong", "a%3Db%3D%3D", "it's~%24%25", "a%5Cb"])
        {
            await using var wrong = Source($"nut://monuser:{other}@127.0.0.1:{upsd.Port}/ups");
            Assert.IsType<UpsReading>(await wrong.ReadAsync(Stop));
        }
    }

    [Fact]
    public async Task A_stopped_server_is_unreachable_until_it_is_back()
    {
        await using var upsd = await RealUpsd.StartAsync();
        var clock = new FakeTimeProvider();
        await using var source = Source(upsd.Address, clock);
        Assert.IsType<UpsReading>(await source.ReadAsync(Stop));
        await upsd.StopServerAsync();
        Assert.Equal(UpsFault.Unreachable, Assert.IsType<UpsNoAnswer>(await source.ReadAsync(Stop)).Fault);
        await upsd.StartServerAsync();
        Assert.IsType<UpsNoAnswer>(await source.ReadAsync(Stop));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.IsType<UpsReading>(await source.ReadAsync(Stop));
    }

    [Fact]
    public async Task A_frozen_server_times_out_and_is_read_again_when_it_goes_on()
    {
        await using var upsd = await RealUpsd.StartAsync();
        await using var source = Source(upsd.Address, new FastTime(10));
        Assert.IsType<UpsReading>(await source.ReadAsync(Stop));
        upsd.FreezeServer();
        Assert.Equal(UpsFault.TimedOut, Assert.IsType<UpsNoAnswer>(await source.ReadAsync(Stop)).Fault);
        upsd.ThawServer();
        await upsd.UntilAsync(answer => answer.StartsWith("VAR", StringComparison.Ordinal));
        for (var i = 0; i < 100 && await source.ReadAsync(Stop) is not UpsReading; i++)
            await Task.Delay(20, Stop);
        Assert.IsType<UpsReading>(await source.ReadAsync(Stop));
    }

    [Fact]
    public async Task A_server_with_all_its_connections_taken_times_out()
    {
        // 3 of them are upsd's own: two drivers' and the listener.
        await using var upsd = await RealUpsd.StartAsync(extraConfiguration: "MAXCONN 5");
        List<IUpsSource> sources = [.. Enumerable.Range(0, 5).Select(_ => Source(upsd.Address, new FastTime(10)))];
        List<UpsAnswer> answers = [];
        foreach (var source in sources)
            answers.Add(await source.ReadAsync(Stop));
        Assert.IsType<UpsReading>(answers[0]);
        Assert.Equal(UpsFault.TimedOut, Assert.IsType<UpsNoAnswer>(answers[^1]).Fault);
        foreach (var source in sources)
            await source.DisposeAsync();
    }

    [Fact]
    public async Task Its_STARTTLS_is_believed_by_its_own_certificate_and_by_nothing_else()
    {
        var certutil = Counterpart.Need("certutil", "libnss3-tools");
        await using var upsd = await RealUpsd.StartAsync();
        await upsd.StopServerAsync();
        var roots = await upsd.ConfigureTlsAsync(certutil);
        await upsd.StartServerAsync();

        await using var trusting = Source($"nuts://monuser:p%20w%22d%231@127.0.0.1:{upsd.Port}/ups?ca={roots}");
        for (var i = 0; i < 3; i++)
            Assert.Equal(100, Assert.IsType<UpsReading>(await trusting.ReadAsync(Stop)).Charge);
        await upsd.SetAsync("ups.status", "OB");
        Assert.Equal("OB", Assert.IsType<UpsReading>(await trusting.ReadAsync(Stop)).Flags!.ToString());
        await using var strict = Source($"nuts://127.0.0.1:{upsd.Port}/ups");
        Assert.Equal(UpsFault.TlsFailed, Assert.IsType<UpsNoAnswer>(await strict.ReadAsync(Stop)).Fault);
        await using var insecure = Source($"nuts://127.0.0.1:{upsd.Port}/ups?insecure=true");
        Assert.IsType<UpsReading>(await insecure.ReadAsync(Stop));
        await using var clear = Source(upsd.Address);
        Assert.IsType<UpsReading>(await clear.ReadAsync(Stop));
        Assert.IsType<UpsReading>(await trusting.ReadAsync(Stop));
    }

    [Fact]
    public async Task A_starttls_that_is_not_configured_is_said()
    {
        await using var upsd = await RealUpsd.StartAsync();
        await using var source = Source($"nuts://127.0.0.1:{upsd.Port}/ups");
        Assert.Equal(UpsFault.TlsFailed, Assert.IsType<UpsNoAnswer>(await source.ReadAsync(Stop)).Fault);
    }
}
