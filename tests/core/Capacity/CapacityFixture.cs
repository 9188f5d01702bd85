using Ebb.Core.Capacity;

namespace Ebb.Core.Tests.Capacity;

/// <summary>A capacity index with named nodes and pods; amounts in millicores.</summary>
internal sealed class CapacityFixture
{
    public readonly ResourceTable Resources = new();
    public readonly CapacityIndex Index;
    public readonly int Cpu;
    public readonly Dictionary<string, PodFacts> Pods = [];

    public CapacityFixture()
    {
        Index = new CapacityIndex(Resources);
        Cpu = Resources.IdOf("cpu");
    }

    public Amounts Cores(long millis, params (string Resource, long Value)[] more) =>
        Amounts.Of([
            (Cpu, millis),
            (Resources.Pods, 1),
            .. more.Select(pair => (Resources.IdOf(pair.Resource), pair.Value)),
        ]);

    public void Node(
        string name,
        long millis,
        Func<NodeFacts, NodeFacts>? with = null,
        int pods = 110,
        params (string Resource, long Value)[] more
    )
    {
        var node = new NodeFacts
        {
            Name = name,
            Ready = true,
            Labels = new Dictionary<string, string> { ["name"] = name },
            Allocatable = Amounts.Of([
                (Cpu, millis),
                (Resources.Pods, pods),
                .. more.Select(pair => (Resources.IdOf(pair.Resource), pair.Value)),
            ]),
        };
        Index.Set(with?.Invoke(node) ?? node);
    }

    public void Pod(
        string name,
        string? node,
        long millis,
        string app = "paying",
        Placement? placement = null,
        string space = "shop",
        Func<PodFacts, PodFacts>? with = null,
        params (string Resource, long Value)[] more
    )
    {
        Pods.TryGetValue(name, out var before);
        var after = new PodFacts(
            space,
            new Dictionary<string, string> { ["app"] = app },
            node,
            Cores(millis, more),
            placement ?? Placement.Anywhere
        )
        {
            Name = name,
        };
        after = with?.Invoke(after) ?? after;
        Pods[name] = after;
        Index.Change(before, after);
    }

    public void Gone(string name)
    {
        Index.Change(Pods[name], null);
        Pods.Remove(name);
    }

    /// <summary>The pod is being deleted.</summary>
    public void Ends(string name)
    {
        var before = Pods[name];
        Pods[name] = before with { Ending = true };
        Index.Change(before, Pods[name]);
    }

    public FreeCapacity Ask(
        long millis = 1000,
        string reserve = "0",
        Placement? placement = null,
        string app = "miner",
        string resource = "cpu",
        Func<CapacityQuery, CapacityQuery>? with = null,
        params (string Resource, long Value)[] more
    )
    {
        var query = new CapacityQuery
        {
            Resource = Resources.IdOf(resource),
            PerReplica = Cores(millis, more),
            Placement = placement ?? Placement.Anywhere,
            Reserve = Reserve.Parse(reserve, 1000)!.Value,
            Workload = $"shop/{app}",
            Owns = pod => pod.Namespace == "shop" && pod.Labels["app"] == app,
        };
        return Index.Open(with?.Invoke(query) ?? query, Pods.Values);
    }
}
