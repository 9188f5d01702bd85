using System.Diagnostics;

namespace Ebb.Bench.Scaler;

/// <summary>What the scaler takes from its start to its first answer, one or several builds in turn.</summary>
internal static class StartBench
{
    /// <param name="runs">How often each is started.</param>
    /// <param name="scalers">The published scalers; the CPU of each is also given in proportion to the last
    /// one's.</param>
    public static async Task RunAsync(int runs, params string[] scalers)
    {
        await using var cluster = await SyntheticCluster.StartAsync(10, 100, 1);
        var all = scalers.ToDictionary(scaler => scaler, _ => new List<(double Wall, double Cpu, double Resident)>());
        for (var run = 0; run < runs; run++)
            foreach (var scaler in scalers)
                all[scaler].Add(await OnceAsync(scaler, cluster.Kubeconfig));
        foreach (var (scaler, starts) in all)
        {
            Console.WriteLine(scaler);
            Print("CPU until its first answer, ms", starts.Select(start => start.Cpu));
            Print("until its first answer, ms", starts.Select(start => start.Wall));
            Print("resident after it, MiB", starts.Select(start => start.Resident));
            if (scaler != scalers[^1])
                Console.WriteLine(
                    FormattableString.Invariant(
                        $"  CPU ÷ that of the last one: {starts.Average(s => s.Cpu) / all[scalers[^1]].Average(s => s.Cpu):0.00}"
                    )
                );
        }
    }

    private static async Task<(double Wall, double Cpu, double Resident)> OnceAsync(string scaler, string kubeconfig)
    {
        using var client = new HttpMessageInvoker(new SocketsHttpHandler { UseProxy = false });
        var since = Stopwatch.StartNew();
        await using var process = ServerProcess.Scaler(scaler, kubeconfig);
        await process.ReadyAsync();
        await MetricsLoad.CallAsync(client, process, MetricsLoad.Request(0, "ebb-replicas"));
        return (since.Elapsed.TotalMilliseconds, process.Cpu.TotalMilliseconds, process.ResidentMiB);
    }

    private static void Print(string what, IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        Console.WriteLine(
            FormattableString.Invariant(
                $"  {what}: {sorted[0]:0} to {sorted[^1]:0}, median {sorted[sorted.Length / 2]:0}, mean {sorted.Average():0.0}"
            )
        );
    }
}
