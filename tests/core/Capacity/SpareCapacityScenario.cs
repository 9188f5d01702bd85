using Ebb.Core.Capacity;

namespace Ebb.Core.Tests.Capacity;

/// <summary>
/// The scenario that spare capacity comes from, in virtual time, second by second: 184 cores, 30 of them to stay free;
/// a paying service of 4 cores a pod goes from 2 to 17 pods under load for five minutes and back to 2; miners of 1
/// core, at most 150. A spreading scheduler, pods that take seconds to start and to stop, and a ReplicaSet that gives
/// up first what is pending and then from where most are.
/// </summary>
internal sealed class SpareCapacityScenario
{
    public const int Cores = 184,
        Reserve = 30,
        MostMiners = 150,
        Sync = 15,
        StopSeconds = 5,
        Seconds = 1800;
    private static readonly int[] NodeCores = [32, 32, 32, 32, 28, 28];
    private readonly ResourceTable _resources = new();
    private readonly CapacityIndex _index;
    private readonly FreeCapacity _room;
    private readonly List<Pod> _pods = [];
    private readonly int _cpu;
    private Growth _growth = Growth.From(0, At.Zero);
    private int _miners;
    private int _paying = 2;
    private int _answer;
    private int _made;

    private SpareCapacityScenario()
    {
        _index = new CapacityIndex(_resources);
        _cpu = _resources.IdOf("cpu");
        for (var i = 0; i < NodeCores.Length; i++)
        {
            _index.Set(
                new NodeFacts
                {
                    Name = $"node-{i}",
                    Ready = true,
                    Labels = new Dictionary<string, string>(),
                    Allocatable = Amounts.Of([(_cpu, NodeCores[i] * 1000), (_resources.Pods, 110)]),
                }
            );
        }

        _room = _index.Open(
            new CapacityQuery
            {
                Resource = _cpu,
                PerReplica = Amounts.Of([(_cpu, 1000), (_resources.Pods, 1)]),
                Placement = Placement.Anywhere,
                Reserve = Core.Capacity.Reserve.Parse("30", 1000)!.Value,
                Workload = "miner",
                Owns = pod => pod.Labels["app"] == "miner",
            },
            []
        );
    }

    /// <summary>One second of it.</summary>
    public readonly record struct Sample(
        int Second,
        int Paying,
        int PayingRunning,
        int Miners,
        int MinersRunning,
        int Requested
    );

    /// <summary>What came of it.</summary>
    /// <param name="Samples">Second by second.</param>
    /// <param name="Directions">How often the count of miners turned round between up and down, the two turns of the
    /// load left out.</param>
    /// <param name="Settled">Periods from each turn of the load until the count no longer moves.</param>
    /// <param name="Overshoot">Miners above what would fit, at the most.</param>
    /// <param name="Harvested">Core-minutes that miners ran.</param>
    /// <param name="Violated">Core-minutes that were requested of the reserve.</param>
    /// <param name="LongestPending">Seconds that a paying pod waited for a node, at the most.</param>
    public sealed record Outcome(
        IReadOnlyList<Sample> Samples,
        int Directions,
        IReadOnlyList<int> Settled,
        int Overshoot,
        double Harvested,
        double Violated,
        int LongestPending
    );

    public static Outcome Ours() => new SpareCapacityScenario().Run(reversed: false);

    /// <summary>
    /// An HPA on the remaining cores with the reserve as its target value: the ratio says where to go, not how far.
    /// </summary>
    public static Outcome Reversed() => new SpareCapacityScenario().Run(reversed: true);

    private Outcome Run(bool reversed)
    {
        List<Sample> samples = [];
        var longest = 0;
        for (var second = 0; second <= Seconds; second++)
        {
            Load(second);
            if (second % Sync == 7)
                Poll(second);
            if (second % Sync == 0)
                Size(reversed);
            Move(second);
            longest = Math.Max(
                longest,
                _pods
                    .Where(pod => pod is { App: "paying", Node: null, StopsAt: null })
                    .Select(pod => second - pod.MadeAt)
                    .DefaultIfEmpty()
                    .Max()
            );
            samples.Add(
                new Sample(
                    second,
                    _paying,
                    _pods.Count(p => p is { App: "paying", Node: not null }),
                    _miners,
                    _pods.Count(p => p is { App: "miner", Node: not null }),
                    (int)_pods.Sum(pod => pod.Cores)
                )
            );
        }

        return Judge(samples, longest);
    }

    // Two pods; from minute 5 on the service's own HPA goes to 17 at its usual pace; after five minutes of load and
    // five of stabilisation back.
    private void Load(int second) =>
        _paying = second switch
        {
            < 600 => 2,
            < 615 => 6,
            < 630 => 12,
            < 1200 => 17,
            _ => 2,
        };

    private void Poll(int second)
    {
        _growth = _growth.Next(_room.Numbers.Fits, GrowthSettings.Default, At.Second(second));
        _answer = Math.Min(_growth.Count, MostMiners);
    }

    private void Size(bool reversed)
    {
        if (!reversed)
        {
            _miners = _answer;
            return;
        }

        var remaining = Cores - _pods.Where(pod => pod.StopsAt is null).Sum(pod => pod.Cores);
        var ratio = Math.Max(0, remaining) / (double)Reserve;
        var current = Math.Max(1, _miners);
        if (Math.Abs(ratio - 1) > 0.1)
            _miners = Math.Clamp((int)Math.Ceiling(ratio * current), 1, MostMiners);
    }

    private void Move(int second)
    {
        Follow("paying", 4, _paying, second);
        Follow("miner", 1, _miners, second);
        foreach (var pod in _pods.Where(pod => pod.StopsAt <= second).ToList())
            Set(pod, null, gone: true);
        foreach (
            var pod in _pods
                .Where(pod => pod is { Node: null, StopsAt: null })
                .OrderByDescending(pod => pod.Cores)
                .ThenBy(pod => pod.Number)
                .ToList()
        )
        {
            var free = Enumerable
                .Range(0, NodeCores.Length)
                .Select(i =>
                    (Node: $"node-{i}", Free: NodeCores[i] - _pods.Where(p => p.Node == $"node-{i}").Sum(p => p.Cores))
                )
                .MaxBy(n => n.Free);
            if (free.Free >= pod.Cores)
                Set(pod, free.Node);
        }
    }

    private void Follow(string app, int cores, int wanted, int second)
    {
        var present = _pods.Where(pod => pod.App == app && pod.StopsAt is null).ToList();
        for (var i = present.Count; i < wanted; i++)
        {
            var pod = new Pod(app, cores, second, ++_made);
            _pods.Add(pod);
            _index.Change(null, pod.Facts = Facts(pod));
        }

        foreach (
            var pod in present
                .OrderBy(pod => pod.Node is null ? 0 : 1)
                .ThenByDescending(pod => present.Count(other => other.Node == pod.Node))
                .ThenByDescending(pod => pod.Number)
                .Take(Math.Max(0, present.Count - wanted))
                .ToList()
        )
        {
            pod.StopsAt = pod.Node is null ? second : second + StopSeconds;
            Set(pod, pod.Node, gone: pod.Node is null);
        }
    }

    private void Set(Pod pod, string? node, bool gone = false)
    {
        var before = pod.Facts;
        pod.Node = node;
        pod.Facts = gone ? null : Facts(pod);
        _index.Change(before, pod.Facts);
        if (gone)
            _pods.Remove(pod);
    }

    private PodFacts Facts(Pod pod) =>
        new(
            "harvest",
            new Dictionary<string, string> { ["app"] = pod.App },
            pod.Node,
            Amounts.Of([(_cpu, pod.Cores * 1000), (_resources.Pods, 1)]),
            Placement.Anywhere
        )
        {
            Name = $"{pod.App}-{pod.Number}",
            Ending = pod.StopsAt is not null,
        };

    private static Outcome Judge(List<Sample> samples, int longest)
    {
        // Between two turns of the load the count should go one way.
        var directions = 0;
        List<int> settled = [];
        foreach (var (from, to) in new[] { (0, 600), (600, 1200), (1200, Seconds + 1) })
        {
            var part = samples[from..to];
            var moves = part.Zip(part.Skip(1), (a, b) => Math.Sign(b.Miners - a.Miners))
                .Where(move => move != 0)
                .ToList();
            directions += moves.Zip(moves.Skip(1)).Count(pair => pair.First != pair.Second);
            var last = part.FindLastIndex(sample => sample.Miners != part[^1].Miners) + 1;
            settled.Add((last + Sync - 1) / Sync);
        }

        return new Outcome(
            samples,
            directions,
            settled,
            samples.Max(s => s.Miners - Math.Max(0, Cores - Reserve - (s.Paying * 4))) is var over and > 0 ? over : 0,
            samples.Sum(s => s.MinersRunning) / 60.0,
            samples.Sum(s => Math.Max(0, s.Requested - (Cores - Reserve))) / 60.0,
            longest
        );
    }

    private sealed class Pod(string app, int cores, int madeAt, int number)
    {
        public string App { get; } = app;

        public int Cores { get; } = cores;

        public int MadeAt { get; } = madeAt;

        public int Number { get; } = number;

        public string? Node { get; set; }

        public int? StopsAt { get; set; }

        public PodFacts? Facts { get; set; }
    }
}
