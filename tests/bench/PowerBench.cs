using System.Diagnostics;
using System.Text.Json;

namespace Ebb.Bench;

/// <summary>How fast the power path is, as a whole process against a simulated cluster.</summary>
internal static class PowerBench
{
    public static async Task RunAsync(string app)
    {
        await StartAsync(7, app);

        await using var rig = await Rig.StartAsync(2000);
        var (ebb, _, client) = await rig.LaunchAsync(app);
        var deadline = Stopwatch.StartNew();
        while (deadline.Elapsed < TimeSpan.FromSeconds(60))
        {
            using var answer = await client.GetAsync("/api/status");
            if (
                answer.IsSuccessStatusCode
                && JsonDocument
                    .Parse(await answer.Content.ReadAsStringAsync())
                    .RootElement.GetProperty("workloads")
                    .GetProperty("total")
                    .GetInt32() == 2000
            )
                break;
            await Task.Delay(100);
        }
        // Its first statuses are written; then nothing changes any more.
        for (long before = -1; before != rig.Cluster.Requests.Count && deadline.Elapsed < TimeSpan.FromSeconds(120); )
        {
            before = rig.Cluster.Requests.Count;
            await Task.Delay(1500);
        }
        Console.WriteLine($"resident memory with 2,000 workloads watched: {ResidentMiB(ebb):0} MiB");
        var (requests, cpu) = (
            rig.Cluster.Requests.CountOf(r => !r.Path.Contains("/leases", StringComparison.Ordinal)),
            ebb.TotalProcessorTime
        );
        await Task.Delay(TimeSpan.FromSeconds(20));
        ebb.Refresh();
        var made = rig
            .Cluster.Requests.All.Where(r => !r.Path.Contains("/leases", StringComparison.Ordinal))
            .Skip((int)requests)
            .ToList();
        Console.WriteLine(
            $"20 s in which nothing changes: {made.Count} requests beside the lease's, {(ebb.TotalProcessorTime - cpu).TotalMilliseconds / 20:0.0} ms of processor a second, polls and all"
        );
        foreach (var request in made)
            Console.WriteLine($"  {request.Method} {request.Path}{request.Query}");

        var written = new TaskCompletionSource<long>();
        rig.Cluster.Faults.AfterApplied = r =>
        {
            if (
                r.Method == "PATCH"
                && r.Path.Contains("upsscalers", StringComparison.Ordinal)
                && !r.Path.EndsWith("status", StringComparison.Ordinal)
            )
                written.TrySetResult(Stopwatch.GetTimestamp());
        };
        var pulled = Stopwatch.GetTimestamp();
        rig.Ups.StatusOverride = "OB DISCHRG";
        var took = Stopwatch.GetElapsedTime(pulled, await written.Task.WaitAsync(TimeSpan.FromSeconds(30)));
        Console.WriteLine(
            $"from OB readable at upsd to the first write: {took.TotalMilliseconds:0} ms, with a poll every 2000 ms"
        );
        client.Dispose();
        await EndAsync(ebb);
    }

    /// <summary>From start to first answer, of one or several publications in turn.</summary>
    public static async Task StartAsync(int runs, params string[] apps)
    {
        var all = apps.ToDictionary(app => app, _ => new List<(double Wall, double Cpu, double Resident)>());
        for (var i = 0; i < runs; i++)
        {
            foreach (var app in apps)
            {
                await using var small = await Rig.StartAsync(18);
                var (process, first, http) = await small.LaunchAsync(app);
                process.Refresh();
                all[app]
                    .Add((first.TotalMilliseconds, process.TotalProcessorTime.TotalMilliseconds, ResidentMiB(process)));
                http.Dispose();
                await EndAsync(process);
            }
        }

        foreach (var (app, starts) in all)
        {
            var (wall, cpu) = (
                starts.Select(s => s.Wall).Order().ToArray(),
                starts.Select(s => s.Cpu).Order().ToArray()
            );
            Console.WriteLine(
                $"first answer after start, ms ({runs} runs): min {wall[0]:0}, median {wall[runs / 2]:0}, max {wall[^1]:0}; processor until then: min {cpu[0]:0}, median {cpu[runs / 2]:0}; resident MiB: max {starts.Max(s => s.Resident):0}{(apps.Length > 1 ? "  " + app : "")}"
            );
        }
    }

    private static double ResidentMiB(Process process) =>
        double.Parse(
            File.ReadLines($"/proc/{process.Id}/status")
                .Single(l => l.StartsWith("VmRSS:", StringComparison.Ordinal))
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
            System.Globalization.CultureInfo.InvariantCulture
        ) / 1024;

    private static async Task EndAsync(Process process)
    {
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }
}
