namespace Ebb.Core.Tests.Capacity.Oracle;

/// <summary>A node as the API shows it; amounts by name, host ports among them.</summary>
internal sealed record SlowNode(
    string Name,
    Dictionary<string, string> Labels,
    Dictionary<string, long> Has,
    List<SlowTaint> Taints,
    bool Ready,
    bool Cordoned
);

internal sealed record SlowTaint(string Key, string Value, string Effect);

internal sealed record SlowToleration(string? Key, string? Operator, string? Value, string? Effect);

internal sealed record SlowNeed(string Key, string Operator, List<string> Values);

internal sealed record SlowWhere(
    Dictionary<string, string> Selector,
    List<List<SlowNeed>> Terms,
    List<SlowToleration> Tolerations
)
{
    /// <summary>The node that the spec names; null: the scheduler finds one.</summary>
    public string? Node { get; init; }
}

/// <summary>A container of a template; an initial one that stays is a sidecar.</summary>
internal sealed record SlowContainer(Dictionary<string, long> Requests, bool Initial = false, bool Stays = false);

/// <summary>What of a template, its namespace and its RuntimeClass says what a replica takes.</summary>
internal sealed record SlowTemplate(List<SlowContainer> Containers)
{
    /// <summary>Requests of the pod as a whole.</summary>
    public Dictionary<string, long> Whole { get; init; } = [];

    public Dictionary<string, long> Overhead { get; init; } = [];

    public Dictionary<string, long> Ports { get; init; } = [];

    /// <summary>Default requests of LimitRanges, one after the other.</summary>
    public List<Dictionary<string, long>> Defaults { get; init; } = [];

    /// <summary>
    /// What is held at each moment as the containers start one after another; the most of each resource counts.
    /// </summary>
    public Dictionary<string, long> Sum()
    {
        var filled = Containers.Select(one => one with { Requests = Filled(one.Requests) }).ToList();
        List<List<SlowContainer>> moments = [];
        List<SlowContainer> stay = [];
        foreach (var one in filled.Where(one => one.Initial))
        {
            moments.Add([.. stay, one]);
            if (one.Stays)
                stay.Add(one);
        }

        moments.Add([.. stay, .. filled.Where(one => !one.Initial)]);
        var names = filled.SelectMany(one => one.Requests.Keys).Concat(Whole.Keys).Concat(Overhead.Keys).Distinct();
        var sum = names.ToDictionary(
            name => name,
            name =>
                Whole.GetValueOrDefault(
                    name,
                    moments.Max(moment => moment.Sum(one => one.Requests.GetValueOrDefault(name)))
                ) + Overhead.GetValueOrDefault(name)
        );
        foreach (var (name, value) in Ports)
            sum[name] = value;
        sum["pods"] = 1;
        return sum;
    }

    private Dictionary<string, long> Filled(Dictionary<string, long> requests)
    {
        var filled = requests.ToDictionary();
        foreach (var (name, value) in Defaults.SelectMany(one => one))
            filled.TryAdd(name, value);
        return filled;
    }
}

/// <summary>What a ResourceQuota of the namespace allows of what is requested.</summary>
internal sealed record SlowQuota(string Resource, long Hard);

/// <summary>A pod of the namespace; without a node it waits.</summary>
internal sealed record SlowPod(string Name, string App, string? Node, Dictionary<string, long> Takes, SlowWhere Where)
{
    public int Priority { get; init; }

    public bool Ending { get; init; }

    /// <summary>Apps whose pods it does not share a host with.</summary>
    public List<string> Repels { get; init; } = [];

    /// <summary>Apps whose pods it does not share a domain with, and the label that names one.</summary>
    public List<(string Key, string App)> RepelsInDomain { get; init; } = [];

    /// <summary>Apps of which it is to have a pod on its host while it waits.</summary>
    public List<string> Attracts { get; init; } = [];

    /// <summary>From where its volume can be reached: any of these terms; none: it has none, or from anywhere.</summary>
    public List<List<SlowNeed>> Volume { get; init; } = [];

    /// <summary>It names a claim that does not exist.</summary>
    public bool LacksClaim { get; init; }
}

/// <summary>A workload that follows spare capacity.</summary>
internal sealed record SlowHarvester(
    string App,
    string Resource,
    Dictionary<string, long> Template,
    SlowWhere Where,
    int Priority
)
{
    public required SlowTemplate Parts { get; init; }

    public bool IsFixed { get; init; }

    public long ReserveUnits { get; init; }

    public int? ReservePercent { get; init; }

    public List<string> Repels { get; init; } = [];

    public string? SpreadBy { get; init; }

    /// <summary>Paying pods are counted too where it is spread.</summary>
    public bool CountsPaying { get; init; }

    /// <summary>Its own pods are not counted where it is spread.</summary>
    public bool CountsOthersOnly { get; init; }

    public int MaxSkew { get; init; } = 1;

    public int? MinDomains { get; init; }

    public bool HonorsTaints { get; init; }

    public bool HonorsAffinity { get; init; } = true;
}
