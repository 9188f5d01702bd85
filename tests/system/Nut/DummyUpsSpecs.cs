using System.Diagnostics;
using Ebb.Core.Power;
using Ebb.Tests.Nut.Rig;

namespace Ebb.Tests.Nut;

/// <summary>
/// One walk with NUT's own dummy-ups, which takes about a second for each change; all else uses the played driver.
/// </summary>
public sealed class DummyUpsSpecs
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_sequence_of_dummy_ups_is_followed_from_mains_to_low_battery_and_back()
    {
        var program = Counterpart.Need("dummy-ups", "nut-server", "/lib/nut", "/usr/lib/nut");
        await using var upsd = await RealUpsd.StartAsync(extraConfiguration: "");
        await upsd.StopServerAsync();
        await File.AppendAllTextAsync(
            Path.Combine(upsd.Folder, "conf", "ups.conf"),
            "[seq]\n driver = dummy-ups\n port = seq.seq\n mode = dummy-loop\n pollinterval = 1\n",
            Stop
        );
        await File.WriteAllTextAsync(
            Path.Combine(upsd.Folder, "conf", "seq.seq"),
            "ups.status: OL CHRG\nTIMER 2\nups.status: OB DISCHRG\nTIMER 2\nups.status: OB DISCHRG LB\nTIMER 2\n",
            Stop
        );
        var start = new ProcessStartInfo(program, ["-a", "seq", "-u", Environment.UserName, "-F"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["NUT_CONFPATH"] = Path.Combine(upsd.Folder, "conf");
        start.Environment["NUT_STATEPATH"] = start.Environment["NUT_ALTPIDPATH"] = Path.Combine(upsd.Folder, "state");
        using var driver = Process.Start(start)!;
        try
        {
            driver.OutputDataReceived += (_, _) => { };
            driver.ErrorDataReceived += (_, _) => { };
            driver.BeginOutputReadLine();
            driver.BeginErrorReadLine();
            await upsd.StartServerAsync();
            await using var source = RealUpsdSpecs.Source($"nut://127.0.0.1:{upsd.Port}/seq");
            List<string> seen = [];
            var since = Stopwatch.StartNew();
            string[] wanted = ["OL CHRG", "OB DISCHRG", "OB DISCHRG LB", "OL CHRG"];
            while (!Ends(seen, wanted) && since.Elapsed < TimeSpan.FromSeconds(30))
            {
                if (
                    await source.ReadAsync(Stop) is UpsReading { Flags: { } flags }
                    && flags.ToString() is var status
                    && status != seen.LastOrDefault()
                )
                    seen.Add(status);
                await Task.Delay(50, Stop);
            }
            Assert.True(Ends(seen, wanted), $"saw {string.Join(", ", seen)}\n{upsd.Log}");
        }
        finally
        {
            driver.Kill();
            await driver.WaitForExitAsync(CancellationToken.None);
        }
    }

    private static bool Ends(List<string> seen, string[] wanted) =>
        seen.Count >= wanted.Length && seen.TakeLast(wanted.Length).SequenceEqual(wanted);
}
