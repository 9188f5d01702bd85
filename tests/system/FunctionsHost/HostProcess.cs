using System.Globalization;
using Ebb.Tests.Harness;

namespace Ebb.Tests.FunctionsHost;

/// <summary>
/// The host double as a process of its own, which tells its worker's process id and then waits to be killed.
/// </summary>
internal static class HostProcess
{
    private const string Announcement = "worker ";
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    public static async Task<int> RunAsync(string root)
    {
        await using var host = await HostDouble.StartAsync(root);
        Console.WriteLine(Announcement + host.Process.Process.Id.ToString(CultureInfo.InvariantCulture));
        await Task.Delay(Longest);
        return 1;
    }

    /// <summary>Starts it with the environment that its worker is to have.</summary>
    public static async Task<(RealProcess Host, int Worker)> StartAsync(
        string root,
        IReadOnlyDictionary<string, string> settings
    )
    {
        var host = RealProcess.Start(
            new System.Diagnostics.ProcessStartInfo(Environment.ProcessPath!, [Program.HostMode, root]),
            settings,
            Path.GetTempPath()
        );
        var worker = 0;
        await host.UntilAsync(
            () =>
            {
                var line = host
                    .Output.Split('\n')
                    .FirstOrDefault(l => l.StartsWith(Announcement, StringComparison.Ordinal));
                return Task.FromResult(
                    line is not null
                        && int.TryParse(line.AsSpan(Announcement.Length), CultureInfo.InvariantCulture, out worker)
                );
            },
            "the host has loaded its worker"
        );
        return (host, worker);
    }
}
