using Ebb.Core.Capacity;

namespace Ebb.Core.Tests.Capacity.Oracle;

/// <summary>A random cluster in the index, after a random history that ends in it.</summary>
internal sealed class CountedCluster
{
    private readonly ResourceTable _resources = new();
    private readonly Random _random;

    public CountedCluster(RandomCluster cluster, int seed)
    {
        (_random, _quotas) = (new Random(~seed), cluster.Quotas);
        // Another number for each resource every time.
        foreach (var name in Shuffled(["cpu", "memory", "gpu", "hostPort/TCP/80"]))
            _resources.IdOf(name);
        Index = new CapacityIndex(_resources);
        Dictionary<string, PodFacts> present = [];
        List<Action> nodes = [],
            history = [];
        foreach (var node in cluster.Nodes)
        {
            nodes.Add(() => Index.Set(Facts(node)));
            if (_random.Next(2) == 0)
                nodes.Insert(0, () => Index.Set(Facts(node) with { Allocatable = Amounts.None, Ready = false }));
            if (_random.Next(8) == 0)
                nodes.Insert(0, () => Index.RemoveNode(node.Name));
        }

        foreach (var pod in cluster.Pods)
        {
            var facts = Facts(pod);
            // Most pods waited before they ran; some were somewhere else under the same name.
            List<PodFacts?> lives =
                _random.Next(3) == 0 ? [facts with { Node = null, Ending = false }, facts]
                : _random.Next(8) == 0 ? [facts with { Node = "n0" }, null, facts]
                : [facts];
            foreach (var life in lives)
                history.Add(() => Change(present, pod.Name, life));
        }

        // Others came and went in between.
        foreach (
            var pod in new RandomCluster(seed ^ 1).Pods.Where(pod =>
                cluster.Nodes.Exists(n => n.Name == pod.Node || pod.Node is null)
            )
        )
        {
            var facts = Facts(pod) with { Name = $"gone-{pod.Name}" };
            var at = _random.Next(history.Count + 1);
            history.Insert(
                _random.Next(2) == 0 ? history.Count : _random.Next(at, history.Count + 1),
                () => Change(present, facts.Name, null)
            );
            history.Insert(at, () => Change(present, facts.Name, facts));
        }

        foreach (var harvester in cluster.Harvesters)
            history.Insert(
                _random.Next(history.Count + 1),
                () => Rooms[harvester.App] = Index.Open(Question(harvester), present.Values)
            );
        // Nodes may come after their pods.
        foreach (var step in _random.Next(2) == 0 ? nodes.Concat(history) : history.Concat(nodes))
        {
            step();
            // What was read before must not stick.
            if (seed % 2 == 0 || _random.Next(4) == 0)
                foreach (var room in Rooms.Values)
                    _ = room.Numbers;
        }
    }

    public CapacityIndex Index { get; }

    private readonly List<SlowQuota> _quotas;

    public Dictionary<string, FreeCapacity> Rooms { get; } = [];

    private void Change(Dictionary<string, PodFacts> present, string name, PodFacts? after)
    {
        Index.Change(present.GetValueOrDefault(name), after);
        if (after is null)
            present.Remove(name);
        else
            present[name] = after;
    }

    private T[] Shuffled<T>(T[] items)
    {
        _random.Shuffle(items);
        return items;
    }

    private Amounts Of(Dictionary<string, long> amounts) =>
        Amounts.Of(amounts.Select(pair => (_resources.IdOf(pair.Key), pair.Value)));

    private NodeFacts Facts(SlowNode node) =>
        new()
        {
            Name = node.Name,
            Labels = node.Labels,
            Taints = [.. node.Taints.Select(taint => new Taint(taint.Key, taint.Value, taint.Effect))],
            Unschedulable = node.Cordoned,
            Ready = node.Ready,
            Allocatable = Of(node.Has),
        };

    private PodFacts Facts(SlowPod pod) =>
        new("shop", Labels(pod.App), pod.Node, Of(pod.Takes), Where(pod.Where).And(Terms(pod.Volume)))
        {
            NotDemand =
                pod.Node is not null ? null
                : pod.LacksClaim ? "on an empty one it would lack its claim"
                : pod.RepelsInDomain.Count > 0 ? "on an empty one it could not be counted"
                : null,
            Attracts = pod.Node is null ? Apps(pod.Attracts) : [],
            Name = pod.Name,
            Priority = pod.Priority,
            Ending = pod.Ending,
            Repels = Apps(pod.Repels),
            RepelsInDomain = [.. pod.RepelsInDomain.Select(term => new DomainTerm(term.Key, App(term.App)))],
        };

    private CapacityQuery Question(SlowHarvester own) =>
        new()
        {
            Resource = _resources.IdOf(own.Resource),
            PerReplica = Replica(own.Parts),
            Quotas =
            [
                .. _quotas.Select(quota => new QuotaRule(
                    "team",
                    quota.Resource,
                    _resources.IdOf(quota.Resource),
                    false,
                    quota.Hard
                )),
            ],
            IsFixed = own.IsFixed,
            Placement = Where(own.Where),
            Reserve = new Reserve(own.ReservePercent * 10, own.ReserveUnits),
            Workload = own.App,
            Owns = pod => pod.Labels["app"] == own.App,
            Replica = new PodFacts("shop", Labels(own.App), null, Of(own.Template), Where(own.Where))
            {
                Repels = Apps(own.Repels),
            },
            Spread = own.SpreadBy is null
                ? null
                : new SpreadRule(
                    own.SpreadBy,
                    own.MaxSkew,
                    own.MinDomains,
                    own.CountsPaying && own.CountsOthersOnly ? App("paying")
                        : own.CountsOthersOnly ? new PodTerm("nobody", (_, _) => false)
                        : own.CountsPaying
                            ? new PodTerm(
                                $"{own.App} or paying",
                                (_, labels) => labels["app"] == own.App || labels["app"] == "paying"
                            )
                        : App(own.App),
                    own.HonorsTaints,
                    own.HonorsAffinity
                )
                {
                    CountsReplicas = !own.CountsOthersOnly,
                },
        };

    private Amounts Replica(SlowTemplate parts) =>
        new ReplicaTemplate(
            [
                .. parts.Containers.Select(one => new ContainerRequests(
                    Of(one.Requests),
                    one.Initial,
                    one is { Initial: true, Stays: true }
                )),
            ],
            Of(parts.Overhead),
            Of(parts.Whole),
            Of(parts.Ports)
        )
            .With([.. parts.Defaults.Select(one => new LimitRangeItem("r", "Container") { DefaultRequest = Of(one) })])
            .Requests(_resources);

    private static Dictionary<string, string> Labels(string app) => new() { ["app"] = app };

    private static PodTerm[] Apps(List<string> apps) => [.. apps.Select(App)];

    private static PodTerm App(string app) => new($"app={app}", (_, labels) => labels["app"] == app);

    private static NodeTerm[] Terms(List<List<SlowNeed>> terms) =>
        [
            .. terms.Select(term => new NodeTerm([
                .. term.Select(need => new NodeRequirement(need.Key, need.Operator, need.Values)),
            ])),
        ];

    private static Placement Where(SlowWhere where) =>
        new(
            where.Selector,
            Terms(where.Terms),
            [.. where.Tolerations.Select(one => new Toleration(one.Key, one.Operator, one.Value, one.Effect))],
            where.Node
        );
}
