using Ebb.Core.Capacity;

namespace Ebb.Core.Tests.Capacity;

/// <summary>
/// A day of a cluster in virtual time, second by second: eight nodes, two of them with GPUs; three harvesters that
/// follow what fits, and paying pods of many shapes that come and go at moments of chance. Pods take half a minute to
/// stop; the scheduler passes once a second, the paying first, by age; a ReplicaSet gives up first what is pending,
/// then what is marked, then from where most are.
/// </summary>
internal sealed class HarvestedDay
{
    public const int StopSeconds = 30;

    /// <summary>
    /// A count follows and a pass of the scheduler comes, each within a second, and pods are marked within two.
    /// </summary>
    public const int Passes = 4;

    private const int Day = 24 * 3600;

    private static readonly string[] Dimensions = ["cpu", "memory", "nvidia.com/gpu"];

    private static readonly Shape[] PayingShapes =
    [
        new(100, 32, 0),
        new(500, 1, 0),
        new(2000, 8, 0),
        new(4000, 4, 0),
        new(8000, 64, 0),
        new(15_000, 16, 0),
        new(1000, 8, 1),
        new(4000, 16, 2),
    ];

    private readonly Random _chance;
    private readonly bool _marks;
    private readonly CapacityFixture _cluster = new();
    private readonly Dictionary<string, Node> _nodes = [];
    private readonly List<Pod> _pods = [];
    private readonly List<Harvester> _harvesters;
    private int _made;
    private int _second;
    private (string Pod, int Since)? _head;

    /// <param name="seed">What chance brings.</param>
    /// <param name="marks">Pods of the node that is to be freed are marked to be deleted first.</param>
    public HarvestedDay(int seed, bool marks = true)
    {
        (_chance, _marks) = (new Random(seed), marks);
        for (var i = 0; i < 8; i++)
        {
            var shape = i < 6 ? new Shape(16_000, 64, 0) : new Shape(32_000, 128, 4);
            _nodes[$"node-{i}"] = new Node(shape);
            _cluster.Node($"node-{i}", shape.Millis, more: shape.More);
        }
        _harvesters =
        [
            new("miner", new Shape(1000, 1, 0), -10, "cpu", this),
            new("folding", new Shape(4000, 2, 0), -5, "cpu", this),
            new("render", new Shape(2000, 8, 1), -10, "nvidia.com/gpu", this),
        ];
    }

    /// <summary>Seconds that a paying pod waited although it could run without harvesters, at the most.</summary>
    public int LongestWait { get; private set; }

    /// <summary>How many paying pods came.</summary>
    public int Arrivals { get; private set; }

    /// <summary>How many of them found no room at once.</summary>
    public int Waited { get; private set; }

    /// <summary>Pod-seconds that harvesters ran.</summary>
    public long Harvested { get; private set; }

    public HarvestedDay Run()
    {
        for (_second = 0; _second < Day; _second++)
        {
            ComeAndGo();
            foreach (var harvester in _harvesters)
                harvester.Follow();
            Schedule();
            Watch();
            Harvested += _pods.Count(pod => pod is { Harvester: not null, Node: not null, EndsAt: null });
        }
        return this;
    }

    private void ComeAndGo()
    {
        foreach (var pod in _pods.Where(pod => pod.EndsAt <= _second).ToList())
            Remove(pod);
        // Paying pods that are done stop, too.
        foreach (var pod in _pods.Where(pod => pod.DoneAt <= _second && pod.EndsAt is null).ToList())
            Stop(pod);
        // One in 90 s on average, three in 90 s by day.
        var often = _second is > 8 * 3600 and < 18 * 3600 ? 30 : 90;
        if (_chance.Next(often) != 0)
            return;
        Arrivals++;
        var shape = PayingShapes[_chance.Next(PayingShapes.Length)];
        Add($"paying-{++_made:00000}", shape, null).DoneAt = _second + 60 + _chance.Next(3600);
    }

    private Pod Add(string name, Shape shape, Harvester? harvester)
    {
        var pod = new Pod(name, shape, harvester, _second);
        _pods.Add(pod);
        Tell(pod);
        return pod;
    }

    private void Stop(Pod pod)
    {
        if (pod.Node is null)
            Remove(pod);
        else
        {
            pod.EndsAt = _second + StopSeconds;
            Tell(pod);
        }
    }

    private void Remove(Pod pod)
    {
        _pods.Remove(pod);
        _cluster.Gone(pod.Name);
        if (pod.Node is not null)
            _nodes[pod.Node].Take(pod, -1);
    }

    private void Tell(Pod pod) =>
        _cluster.Pod(
            pod.Name,
            pod.Node,
            pod.Shape.Millis,
            pod.Harvester?.Name ?? "paying",
            with: facts => facts with { Priority = pod.Harvester?.Priority ?? 0, Ending = pod.EndsAt is not null },
            more: pod.Shape.More
        );

    private void Schedule()
    {
        foreach (
            var pod in _pods
                .Where(pod => pod is { Node: null, EndsAt: null })
                .OrderByDescending(pod => pod.Harvester?.Priority ?? 0)
                .ThenBy(pod => pod.MadeAt)
                .ThenBy(pod => pod.Name, StringComparer.Ordinal)
                .ToList()
        )
        {
            var best = _nodes
                .Where(node => node.Value.Fits(pod.Shape, everybody: true))
                .OrderByDescending(node => node.Value.Free.Millis)
                .ThenBy(node => node.Key, StringComparer.Ordinal)
                .Select(node => node.Key)
                .FirstOrDefault();
            if (best is null)
                continue;
            pod.Node = best;
            _nodes[best].Take(pod, 1);
            Tell(pod);
            // Room that was meant for the one that waits longest may be gone.
            if (pod.Harvester is null)
                _head = null;
        }
    }

    /// <summary>
    /// The paying pod that waits longest of those that some node could take without harvesters: since when it could.
    /// </summary>
    private void Watch()
    {
        var head = _pods
            .Where(pod => pod is { Harvester: null, Node: null } && _nodes.Values.Any(n => n.Fits(pod.Shape, false)))
            .OrderBy(pod => pod.MadeAt)
            .ThenBy(pod => pod.Name, StringComparer.Ordinal)
            .FirstOrDefault();
        Waited += _pods.Count(pod => pod is { Harvester: null, Node: null } && pod.MadeAt == _second);
        if (head is null)
            _head = null;
        else if (_head?.Pod != head.Name)
            _head = (head.Name, _second);
        else
            LongestWait = Math.Max(LongestWait, _second - _head.Value.Since);
    }

    /// <summary>What is free of a node, and what would be if there were no harvesters.</summary>
    private sealed class Node(Shape shape)
    {
        private Shape _withoutHarvesters = shape;

        public Shape Free { get; private set; } = shape;

        public bool Fits(Shape pod, bool everybody) => pod.FitsIn(everybody ? Free : _withoutHarvesters);

        public void Take(Pod pod, int sign)
        {
            Free = Free.Less(pod.Shape, sign);
            if (pod.Harvester is null)
                _withoutHarvesters = _withoutHarvesters.Less(pod.Shape, sign);
        }
    }

    private readonly record struct Shape(long Millis, long Gibi, long Gpus)
    {
        public (string, long)[] More => [(Dimensions[1], Gibi << 30), (Dimensions[2], Gpus)];

        public bool FitsIn(Shape free) => Millis <= free.Millis && Gibi <= free.Gibi && Gpus <= free.Gpus;

        public Shape Less(Shape pod, int times) =>
            new(Millis - (pod.Millis * times), Gibi - (pod.Gibi * times), Gpus - (pod.Gpus * times));
    }

    private sealed class Pod(string name, Shape shape, Harvester? harvester, int madeAt)
    {
        public string Name { get; } = name;

        public Shape Shape { get; } = shape;

        public Harvester? Harvester { get; } = harvester;

        public int MadeAt { get; } = madeAt;

        public string? Node { get; set; }

        public bool Marked { get; set; }

        public int? DoneAt { get; set; }

        public int? EndsAt { get; set; }
    }

    private sealed class Harvester
    {
        private readonly Shape _shape;
        private readonly HarvestedDay _day;
        private readonly FreeCapacity _room;
        private Growth _growth = Growth.From(0, At.Zero);
        private long _version = -1;

        public Harvester(string name, Shape shape, int priority, string resource, HarvestedDay day)
        {
            (Name, _shape, Priority, _day) = (name, shape, priority, day);
            _room = day._cluster.Ask(shape.Millis, app: name, resource: resource, more: shape.More);
        }

        public string Name { get; }

        public int Priority { get; }

        public void Follow()
        {
            if (_version == _room.Version && _day._second % 60 != 0)
                return;
            _version = _room.Version;
            var numbers = _room.Numbers;
            var now = At.Second(_day._second);
            _growth = _growth.Next(numbers.Fits, GrowthSettings.Default, now, numbers.IsClearing);
            var own = _day._pods.Where(pod => pod.Harvester == this && pod.EndsAt is null).ToList();
            if (_day._marks)
                Mark(own);
            for (var i = own.Count; i < _growth.Count; i++)
                _day.Add($"{Name}-{++_day._made:00000}", _shape, this);
            foreach (
                var pod in own.OrderBy(pod => pod.Node is null ? 0 : 1)
                    .ThenBy(pod => pod.Marked ? 0 : 1)
                    .ThenByDescending(pod => own.Count(other => other.Node == pod.Node))
                    .ThenBy(pod => pod.Name, StringComparer.Ordinal)
                    .Take(Math.Max(0, own.Count - _growth.Count))
                    .ToList()
            )
                _day.Stop(pod);
        }

        private void Mark(List<Pod> own)
        {
            var given = _room.ByNode().Where(node => node.GivenBack > 0).ToDictionary(n => n.Node, n => n.GivenBack);
            var (set, clear) = DeletionMarks.Of(
                [
                    .. own.Where(pod => pod.Node is not null)
                        .Select(pod => new MarkedPod(
                            pod.Name,
                            pod.Node!,
                            pod.Marked ? DeletionMark.Ours : DeletionMark.None
                        )),
                ],
                given
            );
            foreach (var pod in own)
                pod.Marked = (pod.Marked || set.Contains(pod.Name)) && !clear.Contains(pod.Name);
        }
    }
}
