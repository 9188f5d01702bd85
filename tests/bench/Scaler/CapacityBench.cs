using System.Diagnostics;
using Ebb.Core.Capacity;

namespace Ebb.Bench.Scaler;

/// <summary>
/// 5,000 nodes and 150,000 pods: what one pod event and one answer cost, and what the whole process takes.
/// </summary>
internal static class CapacityBench
{
    private const int Nodes = 5_000,
        Pods = 150_000,
        MostResidentMiB = 200;

    public static void Index()
    {
        var resources = new ResourceTable();
        var (cpu, index) = (resources.IdOf("cpu"), new CapacityIndex(resources));
        for (var i = 0; i < Nodes; i++)
            index.Set(
                new NodeFacts
                {
                    Name = $"node-{i}",
                    Ready = true,
                    Labels = new Dictionary<string, string>(),
                    Allocatable = Amounts.Of([(cpu, 32_000), (resources.Pods, 110)]),
                }
            );
        var labels = new Dictionary<string, string> { ["app"] = "web" };
        var pods = Enumerable
            .Range(0, Pods)
            .Select(i => new PodFacts(
                "shop",
                labels,
                $"node-{i % Nodes}",
                Amounts.Of([(cpu, ((i % 9) + 1) * 100), (resources.Pods, 1)]),
                Placement.Anywhere
            ))
            .ToArray();
        foreach (var pod in pods)
            index.Change(null, pod);
        var room = index.Open(
            new CapacityQuery
            {
                Resource = cpu,
                PerReplica = Amounts.Of([(cpu, 1000), (resources.Pods, 1)]),
                Placement = Placement.Anywhere,
                Reserve = Reserve.Parse("15%", 1000)!.Value,
                Owns = pod => pod.Labels.TryGetValue("app", out var app) && app == "miner",
            },
            pods
        );
        for (var round = 0; round < 3; round++)
        {
            var since = Stopwatch.GetTimestamp();
            for (var i = 0; i < 300_000; i++)
            {
                var pod = pods[i % Pods];
                index.Change(pod, null);
                index.Change(null, pod);
            }

            var perEvent = Stopwatch.GetElapsedTime(since) / 600_000;
            since = Stopwatch.GetTimestamp();
            long sum = 0;
            for (var i = 0; i < 1_000_000; i++)
                sum += room.Numbers.Fits;
            var perAnswer = Stopwatch.GetElapsedTime(since) / 1_000_000;
            Console.WriteLine(
                $"index: one pod event {perEvent.TotalMicroseconds:0.00} us, one answer {perAnswer.TotalMicroseconds:0.000} us ({sum / 1_000_000} fit)"
            );
        }
    }

    /// <summary>False: it takes more memory than it may.</summary>
    public static async Task<bool> ProcessAsync(string scaler)
    {
        await using var cluster = await SyntheticCluster.StartAsync(Nodes, Pods, 1);
        await using var process = ServerProcess.Scaler(scaler, cluster.Kubeconfig);
        var since = Stopwatch.StartNew();
        await process.ReadyAsync();
        Console.WriteLine(
            $"process: first sync of {Nodes} nodes and {Pods} pods in {since.Elapsed.TotalSeconds:0.0} s, "
                + $"{process.ResidentMiB} MiB resident, {process.PeakMiB} MiB at the most"
        );
        return process.ResidentMiB <= MostResidentMiB;
    }
}
