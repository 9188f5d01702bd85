using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Ebb.Tests.Harness;

namespace Ebb.Tests.Nut.Rig;

/// <summary>
/// Debian's upsd in a folder of its own, on a free port of the loopback interface, with a <see cref="FakeDriver"/>
/// behind it. The
/// UPS is called <see cref="Ups"/>; users: admin/adminpw (SET, FSD, all commands), primary/primarypw, monuser/<c>p
/// w"d#1</c>.
/// </summary>
internal sealed class RealUpsd : IAsyncDisposable
{
    internal const string Ups = "ups";

    /// <summary>What upsd calls the healthy UPS of the seed: an APC BX1600MI at 17 % load.</summary>
    internal static readonly IReadOnlyDictionary<string, string> Healthy = new Dictionary<string, string>
    {
        ["battery.charge"] = "100",
        ["battery.charge.low"] = "10",
        ["battery.runtime"] = "1380",
        ["battery.runtime.low"] = "120",
        ["input.voltage"] = "230.1",
        ["ups.load"] = "17",
        ["ups.mfr"] = "American Power Conversion",
        ["ups.model"] = "Back-UPS BX1600MI",
        ["ups.status"] = "OL",
    };

    private readonly string _folder;
    private readonly string _program;
    private readonly StringBuilder _log = new();
    private FakeDriver? _driver;
    private Process? _upsd;

    private RealUpsd(string folder, string program, int port) => (_folder, _program, Port) = (folder, program, port);

    internal int Port { get; }

    internal string Folder => _folder;

    /// <summary>Nothing until <see cref="KillDriver"/>, then null.</summary>
    internal FakeDriver Driver => _driver ?? throw new InvalidOperationException("The driver was killed.");

    /// <summary>What upsd wrote to its console, for the message of a failed test.</summary>
    internal string Log
    {
        get
        {
            lock (_log)
                return _log.ToString();
        }
    }

    internal string Address => $"nut://127.0.0.1:{Port}/{Ups}";

    /// <param name="maxAge">Seconds of a driver's silence after which upsd calls its data stale.</param>
    /// <param name="extraConfiguration">More lines for upsd.conf.</param>
    internal static async Task<RealUpsd> StartAsync(int maxAge = 15, string extraConfiguration = "")
    {
        var program = Counterpart.Need("upsd", "nut-server", "/lib/nut", "/usr/lib/nut");
        var folder = Directory.CreateTempSubdirectory("ebb-upsd-").FullName;
        var port = FreePort.Take();
        var rig = new RealUpsd(folder, program, port);
        Directory.CreateDirectory(rig.StateFolder);
        await rig.WriteAsync(
            "ups.conf",
            """
            [ups]
                driver = fake
                port = none
                desc = "Rack UPS \"A\" \\ main \#1"
            [dead]
                driver = fake
                port = none
                desc = "never started"
            """
        );
        await rig.WriteAsync("upsd.conf", $"LISTEN 127.0.0.1 {port}\nMAXAGE {maxAge}\n{extraConfiguration}");
        await rig.WriteAsync(
            "upsd.users",
            """
            [admin]
                password = adminpw
                actions = SET
                actions = FSD
                instcmds = ALL
            [primary]
                password = primarypw
                upsmon primary
            [monuser]
                password = "p w\"d\#1"
                upsmon secondary
            [guest]
                password = guestpw
                upsmon secondary
            [nobody]
                password = nopw
            """
        );
        try
        {
            rig.StartDriver(Healthy);
            await rig.StartServerAsync();
            return rig;
        }
        catch
        {
            await rig.DisposeAsync();
            throw;
        }
    }

    private string StateFolder => Path.Combine(_folder, "state");

    /// <summary>Sets a variable and waits until upsd serves it.</summary>
    internal async Task SetAsync(string name, string value)
    {
        Driver.Set(name, value);
        await UntilAsync(answer => answer.EndsWith($"\"{FakeDriver.Escaped(value)}\"", StringComparison.Ordinal), name);
    }

    /// <summary>Removes a variable and waits until upsd no longer has it.</summary>
    internal async Task RemoveAsync(string name)
    {
        Driver.Remove(name);
        await UntilAsync(answer => answer == "ERR VAR-NOT-SUPPORTED", name);
    }

    /// <summary>The driver says DATASTALE, or that all is well again.</summary>
    internal async Task Stale(bool stale = true)
    {
        Driver.Stale(stale);
        await UntilAsync(answer => (answer == "ERR DATA-STALE") == stale);
    }

    internal async Task KillDriver()
    {
        if (_driver is null)
            return;
        await _driver.DisposeAsync();
        _driver = null;
        await UntilAsync(answer => answer == "ERR DRIVER-NOT-CONNECTED");
    }

    /// <summary>
    /// A new driver in the place of the killed one. upsd finds it within some seconds, and says WAIT at first.
    /// </summary>
    internal void StartDriver(IReadOnlyDictionary<string, string>? variables = null) =>
        _driver = new FakeDriver(Path.Combine(StateFolder, "fake-ups"), variables ?? Healthy);

    /// <summary>upsd stops in its tracks (SIGSTOP): connections are taken by the kernel, and nothing answers.</summary>
    internal void FreezeServer() => Signal("-STOP");

    internal void ThawServer() => Signal("-CONT");

    internal async Task StopServerAsync()
    {
        if (_upsd is null)
            return;
        Signal("-CONT");
        Signal("-TERM");
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        try
        {
            await _upsd.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            _upsd.Kill();
        }
        _upsd.Dispose();
        _upsd = null;
    }

    /// <summary>The same configuration and port; a latched FSD is gone.</summary>
    internal async Task Restart()
    {
        await StopServerAsync();
        await StartServerAsync();
    }

    internal async Task StartServerAsync()
    {
        var start = new ProcessStartInfo(_program)
        {
            ArgumentList = { "-u", Environment.UserName, "-F" },
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        start.Environment["NUT_CONFPATH"] = Path.Combine(_folder, "conf");
        start.Environment["NUT_STATEPATH"] = StateFolder;
        start.Environment["NUT_ALTPIDPATH"] = StateFolder;
        _upsd = Process.Start(start)!;
        _upsd.OutputDataReceived += Keep;
        _upsd.ErrorDataReceived += Keep;
        _upsd.BeginOutputReadLine();
        _upsd.BeginErrorReadLine();
        await UntilAsync(answer =>
            answer.StartsWith("VAR ", StringComparison.Ordinal) && !answer.Contains("WAIT", StringComparison.Ordinal)
        );
    }

    /// <summary>
    /// Gives the stopped server a certificate of its own for 127.0.0.1. Debian's upsd is built with NSS: CERTPATH is a
    /// folder, and
    /// it must not begin with sql:.
    /// </summary>
    /// <returns>A PEM file with the certificate as the only root.</returns>
    internal async Task<string> ConfigureTlsAsync(string certutil)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, "nss")).FullName;
        var secret = Path.Combine(folder, "secret");
        var noise = Path.Combine(folder, "noise");
        await File.WriteAllTextAsync(secret, "nsspw\n");
        await File.WriteAllTextAsync(noise, new string('n', 2048));
        await RunAsync("-N", "-d", folder, "-f", secret);
        await RunAsync(
            "-S",
            "-d",
            folder,
            "-f",
            secret,
            "-z",
            noise,
            "-n",
            "upsd",
            "-x",
            "-s",
            "CN=127.0.0.1",
            "-t",
            "CT,C,C",
            "-v",
            "12",
            "--extSAN",
            "ip:127.0.0.1",
            "-m",
            "4711",
            "-k",
            "rsa",
            "-g",
            "2048"
        );
        var roots = Path.Combine(folder, "roots.pem");
        await File.WriteAllTextAsync(roots, await RunAsync("-L", "-d", folder, "-n", "upsd", "-a"));
        await File.AppendAllTextAsync(
            Path.Combine(_folder, "conf", "upsd.conf"),
            $"CERTPATH {folder}\nCERTIDENT \"upsd\" \"nsspw\"\n"
        );
        return roots;

        async Task<string> RunAsync(params string[] arguments)
        {
            using var process = Process.Start(
                new ProcessStartInfo(certutil, arguments)
                {
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                }
            )!;
            var errors = process.StandardError.ReadToEndAsync();
            var output = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            Assert.True(process.ExitCode == 0, $"certutil {arguments[0]}: {await errors}");
            return output;
        }
    }

    /// <summary>One question on a connection of its own, and the first line of the answer.</summary>
    internal async Task<string> AskAsync(params string[] requests)
    {
        using var client = new TcpClient();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        await client.ConnectAsync(IPAddress.Loopback, Port, patience.Token);
        using var reader = new StreamReader(client.GetStream(), Encoding.Latin1);
        var answer = "";
        foreach (var request in requests)
        {
            await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(request + "\n"), patience.Token);
            answer = await reader.ReadLineAsync(patience.Token) ?? "";
        }
        return answer;
    }

    /// <summary>Until upsd's answer about a variable is as wanted.</summary>
    internal async Task UntilAsync(Func<string, bool> wanted, string variable = "ups.status")
    {
        var last = "nothing";
        var since = Stopwatch.StartNew();
        while (since.Elapsed < TimeSpan.FromSeconds(15))
        {
            try
            {
                last = await AskAsync($"GET VAR {Ups} {variable}");
                if (wanted(last))
                    return;
            }
            catch (Exception down) when (down is SocketException or IOException or OperationCanceledException)
            {
                last = down.Message;
                if (_upsd is { HasExited: true })
                    Assert.Fail($"upsd ended with {_upsd.ExitCode}:\n{Log}");
            }
            await Task.Delay(20);
        }
        Assert.Fail($"upsd did not come to say what was wanted about {variable}; its last answer: {last}\n{Log}");
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        lock (_log)
            _log.AppendLine(line.Data);
    }

    private void Signal(string signal)
    {
        if (_upsd is not { HasExited: false } upsd)
            return;
        using var kill = Process.Start("kill", [signal, upsd.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    private async Task WriteAsync(string name, string text)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, "conf")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, name), text + "\n");
    }

    public async ValueTask DisposeAsync()
    {
        await StopServerAsync();
        if (_driver is not null)
            await _driver.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
