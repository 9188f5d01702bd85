using System.Diagnostics;
using System.Globalization;
using Ebb.Core.Capacity;

namespace Ebb.Bench.Scaler;

/// <summary>
/// 5,000 full nodes with 150,000 pods while others wait: what one pod event costs of the processor, and what each
/// harvester's answer right after it does.
/// </summary>
internal sealed class WaitingBench
{
    private const int Nodes = 5_000,
        PodsPerNode = 30,
        Events = 20_000,
        MostEventMicroseconds = 10,
        MostAnswerMicroseconds = 20;
    private readonly ResourceTable _resources = new();
    private readonly CapacityIndex _index;
    private readonly int _cpu;
    private readonly List<PodFacts> _pods = [];
    private readonly FreeCapacity[] _rooms;

    private WaitingBench(int harvesters, bool spread)
    {
        _index = new CapacityIndex(_resources);
        _cpu = _resources.IdOf("cpu");
        for (var i = 0; i < Nodes; i++)
            _index.Set(
                new NodeFacts
                {
                    Name = $"node-{i}",
                    Ready = true,
                    Labels = new Dictionary<string, string> { ["kubernetes.io/hostname"] = $"node-{i}" },
                    Allocatable = Amounts.Of([(_cpu, 30_000), (_resources.Pods, 110)]),
                }
            );
        for (var i = 0; i < Nodes * PodsPerNode; i++)
            // One pod in five is a harvester's.
            Add(
                Pod($"p{i}", i % 5 == 0 && harvesters > 0 ? $"h{i / 5 % harvesters}" : "web", $"node-{i % Nodes}", 1000)
            );
        _rooms =
        [
            .. Enumerable
                .Range(0, Math.Max(1, harvesters))
                .Select(i =>
                    _index.Open(
                        new CapacityQuery
                        {
                            Resource = _cpu,
                            PerReplica = Amounts.Of([(_cpu, 1000), (_resources.Pods, 1)]),
                            Placement = Placement.Anywhere,
                            Reserve = Reserve.None,
                            Workload = $"h{i}",
                            Owns = pod => pod.Labels["app"] == $"h{i}",
                            Replica = Pod("replica", $"h{i}", null, 1000),
                            Spread = spread
                                ? new SpreadRule(
                                    "kubernetes.io/hostname",
                                    1,
                                    null,
                                    new PodTerm("own", (_, labels) => labels["app"] == $"h{i}"),
                                    false,
                                    true
                                )
                                : null,
                        },
                        _pods
                    )
                ),
        ];
    }

    /// <summary>False: an event or an answer costs more than it may.</summary>
    public static bool Run()
    {
        var kept = true;
        foreach (
            var (harvesters, waiting, shapes, spread) in new[]
            {
                (0, 0, 0, false),
                (0, 1000, 1, false),
                (0, 1000, 20, false),
                (1, 10, 1, false),
                (3, 10, 1, false),
                (3, 100, 1, false),
                (3, 1000, 1, false),
                (3, 1000, 20, false),
                (1, 0, 0, true),
                (1, 10, 1, true),
            }
        )
            kept &= new WaitingBench(harvesters, spread).Measure(harvesters, waiting, shapes, spread);
        return kept;
    }

    private bool Measure(int harvesters, int waiting, int shapes, bool spread)
    {
        for (var i = 0; i < waiting; i++)
            Add(Pod($"w{i}", "web", null, 1500 + (i % shapes * 10)));
        var since = Stopwatch.GetTimestamp();
        Ask();
        var first = Stopwatch.GetElapsedTime(since);
        var (events, answers) = (TimeSpan.Zero, TimeSpan.Zero);
        var began = Environment.CpuUsage.TotalTime;
        for (var i = 0; i < Events; i++)
        {
            // One that goes and one that comes in its place, anywhere.
            var pod = _pods[(int)(i * 7919L % (Nodes * PodsPerNode))];
            var goes = i % 2 == 0;
            pod = goes ? pod : _pods[(int)((i - 1) * 7919L % (Nodes * PodsPerNode))];
            since = Stopwatch.GetTimestamp();
            _index.Change(goes ? pod : null, goes ? null : pod);
            events += Stopwatch.GetElapsedTime(since);
            since = Stopwatch.GetTimestamp();
            Ask();
            answers += Stopwatch.GetElapsedTime(since);
        }

        // Processor time, so that others on the machine count for nothing; split as the two took it.
        var processor = (Environment.CpuUsage.TotalTime - began) / (events + answers);
        var (perEvent, perAnswer) = (
            events.TotalMicroseconds * processor / Events,
            answers.TotalMicroseconds * processor / Events / _rooms.Length
        );
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{harvesters} harvesters, {waiting} wait in {shapes} shapes{(spread ? ", spread by host" : "")}: one event {perEvent:0.00} us, an answer after it {perAnswer:0.00} us, the first answer {first.TotalMilliseconds:0.0} ms; given back {_rooms.Sum(room => room.Numbers.GivenBack)}"
            )
        );
        return perEvent <= MostEventMicroseconds && perAnswer <= MostAnswerMicroseconds;
    }

    private void Ask()
    {
        foreach (var room in _rooms)
            _ = room.Numbers.Fits;
    }

    private void Add(PodFacts pod)
    {
        _pods.Add(pod);
        _index.Change(null, pod);
    }

    private PodFacts Pod(string name, string app, string? node, long millis) =>
        new(
            "shop",
            new Dictionary<string, string> { ["app"] = app },
            node,
            Amounts.Of([(_cpu, millis), (_resources.Pods, 1)]),
            Placement.Anywhere
        )
        {
            Name = name,
        };
}
