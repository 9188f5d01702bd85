namespace Ebb.Bench.Scaler;

/// <summary>
/// GetMetrics over 10,000 ScaledObjects, in turn: the scaler, the same past its short cut, Kestrel with fixed answers,
/// grpc-go and
/// grpc-js.
/// </summary>
internal static class GrpcBench
{
    private const int ScaledObjects = 10_000,
        Rounds = 7;
    private const double MostOfKestrel = 2,
        MostOfGrpcGo = 0.5;
    private const string Kestrel = "Kestrel, fixed bytes",
        GrpcGo = "grpc-go";
    private static readonly TimeSpan Each = TimeSpan.FromSeconds(2);

    /// <summary>False: at 64 in flight the scaler takes more CPU than it may.</summary>
    /// <param name="scaler">The published scaler.</param>
    /// <param name="root">The repository.</param>
    /// <param name="flights">How many calls are open at one time, one table each.</param>
    public static async Task<bool> RunAsync(string scaler, string root, params int[] flights)
    {
        var proto = Path.Combine(root, "scaler/externalscaler.proto");
        await using var cluster = await SyntheticCluster.StartAsync(10, 100, ScaledObjects);
        await using var ours = ServerProcess.Scaler(scaler, cluster.Kubeconfig);
        await using var plain = ServerProcess.Fixed(reads: false);
        await using var reading = ServerProcess.Fixed(reads: true);
        await using var go = await OtherServers.GrpcGoAsync(
            Path.Combine(root, "tests/bench/Scaler/grpc-go/main.go"),
            proto
        );
        await using var js = OtherServers.GrpcJs(Path.Combine(root, "tests/system/Scaler/Clients"), proto);
        var requests = Requests("ebb-replicas");
        List<(string Name, ServerProcess Server, byte[][] Requests)> servers =
        [
            ("scaler", ours, requests),
            // In capitals it is the same metric, and not what the short cut looks for.
            ("scaler, requests parsed", ours, Requests("EBB-REPLICAS")),
            (Kestrel, plain, requests),
            ("Kestrel, reads and answers fixed bytes", reading, requests),
        ];
        if (go is not null)
            servers.Add((GrpcGo, go, requests));
        if (js is not null)
            servers.Add(("grpc-js", js, requests));
        foreach (var (_, server, _) in servers)
            await server.ReadyAsync();
        // Twice, with a pause that the others fill: what is compiled anew after the first load is so before the second
        // ends.
        for (var warm = 0; warm < 2; warm++)
            foreach (var (_, server, asked) in servers)
                await MetricsLoad.MeasureAsync(server, asked, 64, TimeSpan.FromSeconds(4));

        var holds = true;
        foreach (var flight in flights)
        {
            var all = servers.ToDictionary(s => s.Name, _ => new List<MetricsLoad.Result>());
            for (var round = 0; round < Rounds; round++)
                foreach (var (name, server, asked) in servers)
                    all[name].Add(await MetricsLoad.MeasureAsync(server, asked, flight, Each));
            holds &= Print(flight, all);
        }

        Console.WriteLine($"scaler resident: {ours.ResidentMiB} MiB");
        return holds;
    }

    private static bool Print(int flight, Dictionary<string, List<MetricsLoad.Result>> all)
    {
        Console.WriteLine($"\n{flight} in flight, {Rounds} rounds\n");
        Console.WriteLine("| server | calls/s | p50 µs | p99 µs | CPU a call µs | scaler ÷ it, round by round |");
        Console.WriteLine("|---|---|---|---|---|---|");
        var holds = true;
        foreach (var (name, runs) in all)
        {
            // Round by round, since whatever else the machine does comes and goes.
            var ratios = all["scaler"].Zip(runs, (scaler, other) => scaler.Cpu / other.Cpu).Order().ToArray();
            Console.WriteLine(
                FormattableString.Invariant(
                    $"| {name} | {Median(runs, r => r.Rate):0} | {Median(runs, r => r.P50):0} | {Median(runs, r => r.P99):0} "
                )
                    + FormattableString.Invariant(
                        $"| {Median(runs, r => r.Cpu):0.0} | {ratios[Rounds / 2]:0.00} ({ratios[0]:0.00} to {ratios[^1]:0.00}) |"
                    )
            );
            holds &=
                flight != 64
                || name switch
                {
                    Kestrel => ratios[Rounds / 2] <= MostOfKestrel,
                    GrpcGo => ratios[Rounds / 2] <= MostOfGrpcGo,
                    _ => true,
                };
        }

        return holds;
    }

    private static byte[][] Requests(string metric) =>
        [.. Enumerable.Range(0, ScaledObjects).Select(i => MetricsLoad.Request(i, metric))];

    private static double Median(List<MetricsLoad.Result> runs, Func<MetricsLoad.Result, double> part) =>
        runs.Select(part).Order().ElementAt(runs.Count / 2);
}
