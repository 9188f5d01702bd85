using System.Diagnostics;

namespace Ebb.Tests.Nut.Rig;

/// <summary>
/// Debian's upsd with NUT's own dummy-ups behind it: a change is served about a second after it is written.
/// </summary>
internal sealed class DummyUps : IAsyncDisposable
{
    private readonly RealUpsd _upsd;
    private readonly Process _driver;
    private int _written;

    private DummyUps(RealUpsd upsd, Process driver) => (_upsd, _driver) = (upsd, driver);

    internal string Folder => _upsd.Folder;

    internal string Address => $"nut://127.0.0.1:{_upsd.Port}/house";

    internal static async Task<DummyUps> StartAsync()
    {
        var program = Counterpart.Need("dummy-ups", "nut-server", "/lib/nut", "/usr/lib/nut");
        var upsd = await RealUpsd.StartAsync();
        await upsd.StopServerAsync();
        await File.AppendAllTextAsync(
            Path.Combine(upsd.Folder, "conf", "ups.conf"),
            "[house]\n driver = dummy-ups\n port = house.dev\n mode = dummy-once\n pollinterval = 1\n"
        );
        await File.WriteAllTextAsync(Path.Combine(upsd.Folder, "conf", "house.dev"), Device("OL"));
        var start = new ProcessStartInfo(program, ["-a", "house", "-u", Environment.UserName, "-F"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["NUT_CONFPATH"] = Path.Combine(upsd.Folder, "conf");
        start.Environment["NUT_STATEPATH"] = start.Environment["NUT_ALTPIDPATH"] = Path.Combine(upsd.Folder, "state");
        var driver = Process.Start(start)!;
        driver.OutputDataReceived += (_, _) => { };
        driver.ErrorDataReceived += (_, _) => { };
        driver.BeginOutputReadLine();
        driver.BeginErrorReadLine();
        await upsd.StartServerAsync();
        var rig = new DummyUps(upsd, driver);
        await rig.ServesAsync("OL");
        return rig;
    }

    internal async Task SetAsync(string status)
    {
        var file = Path.Combine(Folder, "conf", "house.dev");
        await File.WriteAllTextAsync(file + ".new", Device(status));
        File.Move(file + ".new", file, overwrite: true);
        // dummy-ups compares modification times in whole seconds, so two changes within one would be one.
        File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddSeconds(++_written * 2));
        await ServesAsync(status);
    }

    private async Task ServesAsync(string status)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!(await _upsd.AskAsync("GET VAR house ups.status")).Contains($"\"{status}\"", StringComparison.Ordinal))
            await Task.Delay(100, deadline.Token);
    }

    private static string Device(string status) =>
        $"ups.mfr: Acme\nups.model: Back-UPS BX1600MI\nbattery.charge: 80\nbattery.runtime: 1380\nups.load: 17\nups.status: {status}\n";

    public async ValueTask DisposeAsync()
    {
        if (!_driver.HasExited)
            _driver.Kill();
        await _driver.WaitForExitAsync(CancellationToken.None);
        _driver.Dispose();
        await _upsd.DisposeAsync();
    }
}
