namespace Ebb.Core.Tests.Capacity.Oracle;

/// <summary>
/// A small cluster made up from a seed: every field that a count depends on takes every kind of value in some of them.
/// </summary>
internal sealed class RandomCluster
{
    private static readonly string[] Zones = ["a", "b", "c"];
    private readonly Random _random;

    // LimitRanges are the namespace's, and so the same for all templates.
    private readonly List<Dictionary<string, long>> _defaults;

    public RandomCluster(int seed)
    {
        _random = new Random(seed);
        _defaults = Sometimes(25)
            ? [Limits(), .. Sometimes(40) ? [Limits()] : Array.Empty<Dictionary<string, long>>()]
            : [];
        var nodes = _random.Next(1, 7);
        for (var i = 0; i < nodes; i++)
            Nodes.Add(Node(i));
        var harvesters = _random.Next(1, 4);
        for (var i = 0; i < harvesters; i++)
            Harvesters.Add(Harvester(i));
        foreach (var harvester in Harvesters)
            Add(harvester);
        var others = _random.Next(0, 12);
        for (var i = 0; i < others; i++)
            Pods.Add(Other(i));
        AddPending();
        if (Sometimes(20))
            Quotas.Add(new("pods", _random.Next(0, 40)));
        if (Sometimes(20))
            Quotas.Add(new(One("cpu", "memory", "gpu"), _random.Next(0, 60) * One(1, 500)));
    }

    public List<SlowNode> Nodes { get; } = [];

    public List<SlowHarvester> Harvesters { get; } = [];

    public List<SlowPod> Pods { get; } = [];

    public List<SlowQuota> Quotas { get; } = [];

    private bool Sometimes(int percent) => _random.Next(100) < percent;

    private T One<T>(params T[] of) => of[_random.Next(of.Length)];

    private SlowNode Node(int i)
    {
        Dictionary<string, string> labels = new()
        {
            ["kubernetes.io/hostname"] = $"n{i}",
            ["zone"] = One(Zones),
            ["gen"] = One("2", "3", "ten"),
        };
        if (Sometimes(30))
            labels["disk"] = "ssd";
        Dictionary<string, long> has = new()
        {
            ["cpu"] = _random.Next(1, 33) * 500,
            ["memory"] = _random.Next(1, 65),
            ["pods"] = One(3, 8, 20),
        };
        if (Sometimes(30))
            has["gpu"] = _random.Next(1, 9);
        List<SlowTaint> taints = [];
        if (Sometimes(25))
            taints.Add(
                new(One("dedicated", "level"), One("", "2", "5"), One("NoSchedule", "PreferNoSchedule", "NoExecute"))
            );
        return new($"n{i}", labels, has, taints, !Sometimes(8), Sometimes(8));
    }

    private SlowWhere Where()
    {
        Dictionary<string, string> selector = [];
        if (Sometimes(15))
            selector[One("zone", "disk")] = One("a", "b", "ssd");
        List<List<SlowNeed>> terms = [];
        if (Sometimes(15))
            terms.Add([
                One(
                    new SlowNeed("zone", "In", ["a", "c"]),
                    new SlowNeed("zone", "NotIn", ["a"]),
                    new SlowNeed("disk", "Exists", []),
                    new SlowNeed("disk", "DoesNotExist", []),
                    new SlowNeed("gen", "Gt", ["2"]),
                    new SlowNeed("gen", "Lt", ["3"])
                ),
            ]);
        if (terms.Count > 0 && Sometimes(40))
            terms.Add([new SlowNeed("zone", "In", ["b"])]);
        List<SlowToleration> tolerations = [];
        if (Sometimes(25))
            tolerations.Add(
                One(
                    new SlowToleration(null, "Exists", null, null),
                    new SlowToleration("dedicated", "Exists", null, "NoSchedule"),
                    new SlowToleration("dedicated", "Equal", "2", null),
                    new SlowToleration("level", "Gt", "3", null),
                    new SlowToleration("level", "Lt", "3", null)
                )
            );
        return new(selector, terms, tolerations);
    }

    private Dictionary<string, long> Size(bool gpu, int most = 8)
    {
        Dictionary<string, long> size = new() { ["cpu"] = _random.Next(1, most + 1) * 250, ["pods"] = 1 };
        if (Sometimes(60))
            size["memory"] = _random.Next(1, most + 1);
        if (gpu)
            size["gpu"] = _random.Next(1, 3);
        if (Sometimes(8))
            size["hostPort/TCP/80"] = 1;
        return size;
    }

    private SlowTemplate Template(bool gpu)
    {
        var size = Size(gpu, 6);
        List<SlowContainer> containers = [new(Only(size, "cpu", "memory", "gpu"))];
        var more = Sometimes(50) ? _random.Next(0, 4) : 0;
        for (var i = 0; i < more; i++)
        {
            var initial = Sometimes(70);
            containers.Insert(
                _random.Next(containers.Count + 1),
                new(Sometimes(25) ? [] : Limits(), initial, initial && Sometimes(50))
            );
        }

        return new(containers)
        {
            Whole = Sometimes(15) ? Limits() : [],
            Overhead = Sometimes(20) ? Limits() : [],
            Ports = Only(size, "hostPort/TCP/80"),
            Defaults = _defaults,
        };
    }

    private Dictionary<string, long> Limits() => Only(Size(false, 4), "cpu", "memory");

    private static Dictionary<string, long> Only(Dictionary<string, long> size, params string[] names) =>
        size.Where(pair => names.Contains(pair.Key)).ToDictionary();

    private SlowHarvester Harvester(int i)
    {
        var gpu = Sometimes(20);
        var parts = Template(gpu);
        var template = parts.Sum();
        var named = Sometimes(15);
        var where = Where() with { Node = named ? One(Nodes.ToArray()).Name : null };
        var resource = gpu ? "gpu" : One("cpu", "cpu", template.ContainsKey("memory") ? "memory" : "cpu");
        return new($"h{i}", resource, template, where, One(-20, -20, -10))
        {
            Parts = parts,
            IsFixed = Sometimes(15),
            ReserveUnits = Sometimes(20) ? _random.Next(0, resource == "cpu" ? 6000 : 12) : 0,
            ReservePercent = Sometimes(20) ? _random.Next(0, 40) : null,
            Repels = Sometimes(10) ? [One("paying", $"h{i}")] : [],
            SpreadBy = Sometimes(12) ? One("kubernetes.io/hostname", "zone") : null,
            CountsPaying = Sometimes(50),
            CountsOthersOnly = Sometimes(25),
            MaxSkew = _random.Next(1, 4),
            MinDomains = Sometimes(30) ? _random.Next(1, 5) : null,
            HonorsTaints = Sometimes(50),
            HonorsAffinity = Sometimes(50),
        };
    }

    private void Add(SlowHarvester harvester)
    {
        var count = _random.Next(0, 14);
        var otherSize = Size(harvester.Resource == "gpu", 6);
        for (var i = 0; i < count; i++)
        {
            var size = Sometimes(90) ? harvester.Template : otherSize;
            var node = Sometimes(90) ? One(Nodes.ToArray()) : null;
            if (node is not null && !Fits(node, size) && !Sometimes(5))
                node = null;
            Pods.Add(
                new($"{harvester.App}-{i}", harvester.App, node?.Name, size, harvester.Where)
                {
                    Priority = harvester.Priority,
                    Ending = node is not null && Sometimes(8),
                    Repels = harvester.Repels,
                }
            );
        }
    }

    private SlowPod Other(int i)
    {
        var size = Size(Sometimes(8));
        var node = One(Nodes.ToArray());
        var name = Fits(node, size) || Sometimes(4) ? node.Name : null;
        return new($"p{i}", Sometimes(25) ? "db" : "paying", name, size, Where())
        {
            Ending = name is not null && Sometimes(10),
            Repels = Sometimes(6) ? [One("h0", "h1", "paying", "db")] : [],
            RepelsInDomain = Sometimes(8) ? [(One("zone", "disk"), One("h0", "h1", "paying"))] : [],
            // Each that waits has a place of its own in the queue, so that the order says nothing.
            Priority = 1000 + i,
        };
    }

    private void AddPending()
    {
        var kinds = _random.Next(0, 4);
        for (var i = 0; i < kinds; i++)
        {
            var (size, where) = (Size(Sometimes(10), 30), Where());
            var count = _random.Next(1, 6);
            List<string> repels = Sometimes(25) ? [One("paying", "h0", "db")] : [];
            List<string> attracts = Sometimes(20) ? [One("paying", "db", "db")] : [];
            List<List<SlowNeed>> volume = Sometimes(25)
                ?
                [
                    [new("zone", "In", [One(Zones)])],
                ]
                : [];
            if (volume.Count > 0 && Sometimes(40))
                volume.Add([new("disk", "Exists", []), new("gen", "NotIn", ["ten"])]);
            var lacks = Sometimes(10);
            for (var j = 0; j < count; j++)
                Pods.Add(
                    new($"w{i}-{j}", "paying", null, size, where)
                    {
                        Priority = i % 3 * 100,
                        Repels = repels,
                        Attracts = attracts,
                        Volume = volume,
                        LacksClaim = lacks,
                    }
                );
        }
    }

    private bool Fits(SlowNode node, Dictionary<string, long> size) => SlowScheduler.Fits(node, On(node), size);

    private List<SlowPod> On(SlowNode node) => [.. Pods.Where(pod => pod.Node == node.Name)];
}
