using System.Diagnostics;
using System.Globalization;
using Ebb.Core.Capacity;

namespace Ebb.Bench.Scaler;

/// <summary>
/// 5,000 nodes and 150,000 pods: what one pod event and one answer cost, and what the whole process takes.
/// </summary>
internal static class CapacityBench
{
    private const int Nodes = 5_000,
        Pods = 150_000,
        Harvesters = 3,
        Waiting = 100,
        Shapes = 5,
        WarmUp = 20_000,
        Events = 300_000,
        MostEventMicroseconds = 10,
        MostAnswerMicroseconds = 20,
        MostResidentMiB = 200;

    /// <summary>False: an event or an answer costs more than it may.</summary>
    public static bool Index()
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
        PodFacts Pod(string name, string app, string? node, long millis) =>
            new(
                "shop",
                new Dictionary<string, string> { ["app"] = app },
                node,
                Amounts.Of([(cpu, millis), (resources.Pods, 1)]),
                Placement.Anywhere
            )
            {
                Name = name,
            };
        // One in ten is a harvester's.
        var pods = Enumerable
            .Range(0, Pods)
            .Select(i =>
                Pod($"p{i}", i % 10 == 0 ? $"h{i / 10 % Harvesters}" : "web", $"node-{i % Nodes}", ((i % 9) + 1) * 100)
            )
            .Concat(Enumerable.Range(0, Waiting).Select(i => Pod($"w{i}", "web", null, 20_000 + (i % Shapes * 10))))
            .ToArray();
        foreach (var pod in pods)
            index.Change(null, pod);
        var rooms = Enumerable
            .Range(0, Harvesters)
            .Select(i =>
                index.Open(
                    new CapacityQuery
                    {
                        Resource = cpu,
                        PerReplica = Amounts.Of([(cpu, 1000), (resources.Pods, 1)]),
                        Placement = Placement.Anywhere,
                        Reserve = Reserve.Parse("15%", 1000)!.Value,
                        Workload = $"h{i}",
                        Owns = pod => pod.Labels["app"] == $"h{i}",
                        Replica = Pod("replica", $"h{i}", null, 1000),
                    },
                    pods
                )
            )
            .ToArray();
        var began = TimeSpan.Zero;
        var (eventTime, answerTime, sum) = (TimeSpan.Zero, TimeSpan.Zero, 0L);
        for (var i = 0; i < Events + WarmUp; i++)
        {
            // One that goes and comes again, anywhere; what is asked after it is worked out anew.
            var pod = pods[(int)(i / 2 * 7919L % Pods)];
            var since = Stopwatch.GetTimestamp();
            index.Change(i % 2 == 0 ? pod : null, i % 2 == 0 ? null : pod);
            var changed = Stopwatch.GetTimestamp();
            foreach (var room in rooms)
                sum += room.Numbers.Fits;
            if (i == WarmUp)
                began = Environment.CpuUsage.TotalTime;
            if (i < WarmUp)
                continue;
            eventTime += Stopwatch.GetElapsedTime(since, changed);
            answerTime += Stopwatch.GetElapsedTime(changed);
        }

        // Processor time, so that others on the machine count for nothing; split as the two took it.
        var processor = (Environment.CpuUsage.TotalTime - began) / (eventTime + answerTime);
        var (perEvent, perAnswer) = (
            eventTime.TotalMicroseconds * processor / Events,
            answerTime.TotalMicroseconds * processor / Events / Harvesters
        );
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"index: {Harvesters} harvesters, {Waiting} pods wait in {Shapes} shapes: one pod event {perEvent:0.00} us of {MostEventMicroseconds}, an answer after it {perAnswer:0.00} us of {MostAnswerMicroseconds} ({sum / (Events + WarmUp) / Harvesters} fit)"
            )
        );
        return perEvent <= MostEventMicroseconds && perAnswer <= MostAnswerMicroseconds;
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
                + $"{process.ResidentMiB} MiB resident, {process.PeakMiB} MiB at the most, of {MostResidentMiB}"
        );
        return process.ResidentMiB <= MostResidentMiB;
    }
}
