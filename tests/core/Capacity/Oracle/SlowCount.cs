namespace Ebb.Core.Tests.Capacity.Oracle;

/// <summary>What is told of one node.</summary>
internal sealed record SlowNodeCount(
    string Name,
    bool Takes,
    long Allocatable,
    long Others,
    long Pending,
    int GivenBack,
    long Fits
);

/// <summary>Every number that is told of one harvester, counted replica by replica.</summary>
internal sealed class SlowCount
{
    private readonly RandomCluster _cluster;
    private readonly SlowPlan _plan;
    private readonly SlowHarvester _own;
    private readonly Dictionary<string, long> _replica;

    public SlowCount(RandomCluster cluster, SlowPlan plan, SlowHarvester own)
    {
        (_cluster, _plan, _own) = (cluster, plan, own);
        var pods = cluster.Pods.Where(pod => pod.App == own.App && !pod.Ending).ToList();
        IsMeasured = !own.IsFixed && pods.Count > 0;
        _replica = IsMeasured
            ? pods.SelectMany(pod => pod.Takes)
                .GroupBy(pair => pair.Key)
                .ToDictionary(group => group.Key, group => group.Max(pair => pair.Value))
            : own.Template;
        Nodes = [.. cluster.Nodes.Select(Node)];
        var eligible = Nodes.Where(node => node.Takes).ToList();
        Allocatable = eligible.Sum(node => node.Allocatable);
        Pending = eligible.Sum(node => node.Pending);
        Requested = eligible.Sum(node => node.Others) + Pending;
        GivenBack = eligible.Sum(node => node.GivenBack);
        Reserve = own.ReservePercent is { } percent ? (Allocatable * percent + 99) / 100 : own.ReserveUnits;
        var rest = eligible.Sum(node => Math.Max(0, Left(node.Name, own.Resource))) - Reserve;
        Remaining = Math.Max(0, rest);
        var fits = own.SpreadBy is null || own.Where.Node is not null ? eligible.Sum(node => node.Fits) : Spread();
        var present = eligible.Sum(node => Present(node.Name));
        if (PerReplica == 0)
            fits = rest > 0 ? fits : 0;
        else
        {
            var held = own.IsFixed ? present * PerReplica : eligible.Sum(node => HeldOn(node.Name, own));
            fits = Math.Min(
                fits,
                rest >= held ? present + ((rest - held) / PerReplica) : present - Shared(eligible, held - rest)
            );
        }

        fits = Math.Max(0, GivenBack > 0 ? Math.Min(fits, present) : fits);
        Quotas = [.. cluster.Quotas.Select(quota => (quota, Allowed(quota))).Where(one => one.Item2 < fits)];
        Fits = Quotas.Select(one => one.Allows).Append(fits).Min();
    }

    // ResourceQuota: those that are there, and one after another while the quota allows one more; or, where others
    // leave less than they use, as many as would be allowed from none.
    private long Allowed(SlowQuota quota)
    {
        var own = _cluster.Pods.Where(pod => pod.App == _own.App && !pod.Ending).ToList();
        var one = _replica.GetValueOrDefault(quota.Resource);
        if (one == 0)
            return long.MaxValue;
        var left =
            quota.Hard
            - _cluster.Pods.Where(pod => pod.App != _own.App).Sum(pod => pod.Takes.GetValueOrDefault(quota.Resource));
        var used = own.Sum(pod => pod.Takes.GetValueOrDefault(quota.Resource));
        var (count, held) = used <= left ? (own.Count, used) : (0, 0L);
        while (held + one <= left)
            (count, held) = (count + 1, held + one);
        return count;
    }

    public IReadOnlyList<SlowNodeCount> Nodes { get; }
    public long Allocatable { get; }
    public long Requested { get; }
    public long Pending { get; }
    public long Reserve { get; }
    public long Remaining { get; }
    public long GivenBack { get; }
    public long Fits { get; }
    public bool IsMeasured { get; }

    /// <summary>Quotas that allow less than fits without them, and how many replicas.</summary>
    public IReadOnlyList<(SlowQuota Quota, long Allows)> Quotas { get; }

    /// <summary>On a node that may take a replica room for a pod that waits is not free yet.</summary>
    public bool IsClearing =>
        Nodes.Any(node =>
            node.Takes
            && _plan
                .Claims.GetValueOrDefault(node.Name, [])
                .SelectMany(pod => pod.Takes.Keys)
                .Any(resource =>
                    SlowScheduler.Has(_cluster.Nodes.Find(one => one.Name == node.Name)!, resource)
                        - _cluster
                            .Pods.Where(pod => pod.Node == node.Name)
                            .Sum(pod => pod.Takes.GetValueOrDefault(resource))
                    < _plan.Claimed(node.Name, resource)
                )
        );

    /// <summary>What others request of a resource of a node.</summary>
    public long Others(string node, string resource) =>
        _cluster
            .Pods.Where(pod => pod.Node == node && pod.App != _own.App)
            .Sum(pod => pod.Takes.GetValueOrDefault(resource));

    /// <summary>Why none fits on a node that could take one; null: nothing of the node's own.</summary>
    public string? WhyNot(SlowNode node)
    {
        var lacks = _replica.Keys.Where(resource => Left(node.Name, resource) < _replica[resource]).ToList();
        return Closing(node)
            ?? (
                lacks.Count == 0
                    ? null
                    : $"too little is left of {string.Join(", ", lacks.Order(StringComparer.Ordinal))}"
            );
    }

    public long PerReplica => _replica.GetValueOrDefault(_own.Resource);

    /// <summary>What its pods on nodes hold, ending ones too.</summary>
    public long Held =>
        _own.IsFixed
            ? _cluster.Pods.Count(pod => pod.App == _own.App && pod.Node is not null) * PerReplica
            : _cluster
                .Pods.Where(pod => pod.App == _own.App && pod.Node is not null)
                .Sum(pod => pod.Takes.GetValueOrDefault(_own.Resource));

    private SlowNodeCount Node(SlowNode node)
    {
        var takes = SlowScheduler.Takes(node, _own.Where);
        return new(
            node.Name,
            takes,
            node.Has.GetValueOrDefault(_own.Resource),
            Others(node.Name, _own.Resource),
            _plan.Claimed(node.Name, _own.Resource),
            _plan.GivenBy(node.Name, _own.App),
            takes ? FitsOn(node) : 0
        );
    }

    private long Present(string node) => _plan.Staying(node, _own.App).Count - _plan.GivenBy(node, _own.App);

    private long HeldOn(string node, SlowHarvester who, string? resource = null)
    {
        var id = resource ?? _own.Resource;
        return _plan.Part(node, who.App, id, _plan.Staying(node, who.App).Count)
            - _plan.Part(node, who.App, id, _plan.GivenBy(node, who.App));
    }

    /// <summary>
    /// What others leave of a node; where somebody waits for it, what harvesters end is gone already.
    /// </summary>
    private long Left(string name, string resource)
    {
        var waited = _plan.Claims.ContainsKey(name);
        var others = _cluster.Pods.Where(pod =>
            pod.Node == name && pod.App != _own.App && !(waited && pod.Ending && IsHarvest(pod))
        );
        return SlowScheduler.Has(_cluster.Nodes.Find(node => node.Name == name)!, resource)
            - others.Sum(pod => pod.Takes.GetValueOrDefault(resource))
            - _plan.Claimed(name, resource)
            + _cluster
                .Harvesters.Where(who => who != _own)
                .Sum(who => _plan.Part(name, who.App, resource, _plan.GivenBy(name, who.App)));
    }

    private long FitsOn(SlowNode node)
    {
        var present = Present(node.Name);
        var room = _replica.Keys.ToDictionary(
            resource => resource,
            resource => Left(node.Name, resource) - (_own.IsFixed ? 0 : HeldOn(node.Name, _own, resource))
        );
        var fits = _own.IsFixed ? 0 : present;
        if (!_own.IsFixed && room.Values.Any(left => left < 0))
        {
            // Not even those that are there: as many as there is room for when all of them go.
            fits = 0;
            room = _replica.Keys.ToDictionary(resource => resource, resource => Left(node.Name, resource));
        }

        while (_replica.All(need => need.Value <= room[need.Key]))
        {
            fits++;
            foreach (var (resource, value) in _replica)
                room[resource] -= value;
        }

        var most =
            Closing(node) is not null ? 0
            : _own.Where.Node is null && _own.Repels.Contains(_own.App) ? 1
            : int.MaxValue;
        // Who is there already stays.
        return Math.Min(fits, Math.Max(present, most));
    }

    // What names a node goes past the scheduler, which alone looks at other pods.
    private string? Closing(SlowNode node) =>
        _own.Where.Node is not null ? null
        : _plan.Claims.GetValueOrDefault(node.Name, []).Exists(Repel) ? "anti-affinity with a pod that waits for it"
        : _cluster.Pods.Exists(pod => pod.Node == node.Name && pod.App != _own.App && Repel(pod))
            ? "anti-affinity with a pod there"
        : _cluster.Pods.Exists(pod => RepelsIn(node, pod)) ? "anti-affinity of a pod in its domain"
        : null;

    private bool Repel(SlowPod pod) => _own.Repels.Contains(pod.App) || pod.Repels.Contains(_own.App);

    // InterPodAffinity: somebody in the same domain does not want it there.
    private bool RepelsIn(SlowNode node, SlowPod pod) =>
        pod.App != _own.App
        && pod.RepelsInDomain.Exists(term =>
            term.App == _own.App
            && node.Labels.TryGetValue(term.Key, out var domain)
            && _cluster.Nodes.Find(one => one.Name == pod.Node)?.Labels.GetValueOrDefault(term.Key) == domain
        );

    // PodTopologySpread: one after another into the emptiest domain that may take one.
    private long Spread()
    {
        if (_own.CountsOthersOnly)
            return SpreadOverOthers();
        Dictionary<string, (long Room, long Placed)> domains = [];
        foreach (var node in _cluster.Nodes)
        {
            if (DomainOf(node) is not { } domain)
                continue;
            var there = Counted(node);
            var (room, placed) = domains.GetValueOrDefault(domain);
            domains[domain] = (room + there + Nodes.First(one => one.Name == node.Name).Fits, placed + there);
        }

        for (var placed = 0; ; placed++)
        {
            var least =
                domains.Count < (_own.MinDomains ?? 1) ? 0
                : domains.Count == 0 ? 0
                : domains.Values.Min(one => one.Placed);
            var next = domains
                .Where(one => one.Value.Placed < one.Value.Room && one.Value.Placed + 1 - least <= _own.MaxSkew)
                .OrderBy(one => one.Value.Placed)
                .Select(one => one.Key)
                .FirstOrDefault();
            if (next is null)
                return placed;
            domains[next] = (domains[next].Room, domains[next].Placed + 1);
        }
    }

    private string? DomainOf(SlowNode node) =>
        !node.Labels.TryGetValue(_own.SpreadBy!, out var domain)
        || (_own.HonorsAffinity && !SlowScheduler.IsChosen(node, _own.Where))
        || (_own.HonorsTaints && !SlowScheduler.IsTolerated(node, _own.Where))
            ? null
            : domain;

    // Terminating pods are not counted.
    private int Counted(SlowNode node) =>
        _own.CountsPaying ? _cluster.Pods.Count(pod => pod.Node == node.Name && pod.App == "paying" && !pod.Ending) : 0;

    // Each node by itself: it takes replicas while its domain is within the skew, and its own are kept in any case.
    private long SpreadOverOthers()
    {
        var counts = _cluster
            .Nodes.Where(node => DomainOf(node) is not null)
            .GroupBy(node => DomainOf(node)!)
            .ToDictionary(nodes => nodes.Key, nodes => nodes.Sum(Counted));
        var least = counts.Count == 0 || counts.Count < _own.MinDomains ? 0 : counts.Values.Min();
        return _cluster
            .Nodes.Zip(Nodes)
            .Where(one => DomainOf(one.First) is not null)
            .Sum(one =>
                counts[DomainOf(one.First)!] - least > _own.MaxSkew
                    ? Math.Min(Present(one.First.Name), one.Second.Fits)
                    : one.Second.Fits
            );
    }

    // Several that see the same lack share it, one pod after another: the lowest priority, then whoever holds the most.
    private long Shared(List<SlowNodeCount> eligible, long lack)
    {
        if (_cluster.Harvesters.Count == 1)
            return (lack + PerReplica - 1) / PerReplica;
        var all = _cluster
            .Harvesters.Select(who =>
            {
                var held = eligible.Sum(node => HeldOn(node.Name, who));
                var count = eligible.Sum(node =>
                    _plan.Staying(node.Name, who.App).Count - _plan.GivenBy(node.Name, who.App)
                );
                return (Who: who, Held: held, Count: count, Total: who == _own ? count * PerReplica : held);
            })
            .Where(one => one.Who == _own || one.Held > 0)
            .OrderBy(one => one.Who.App, StringComparer.Ordinal)
            .ToList();
        foreach (var node in eligible.Where(node => !_plan.Claims.ContainsKey(node.Name)))
            lack -= _cluster
                .Pods.Where(pod => pod.Node == node.Name && pod.Ending && IsHarvest(pod) && pod.App != _own.App)
                .Sum(pod => pod.Takes.GetValueOrDefault(_own.Resource));
        if (lack <= 0)
            return 0;
        var taken = all.ToDictionary(one => one.Who, _ => 0);
        long Gets((SlowHarvester Who, long Held, int Count, long Total) one) =>
            one.Count == 0 ? 0 : one.Total * taken[one.Who] / one.Count;
        while (all.Sum(Gets) < lack)
        {
            var able = all.Where(one => taken[one.Who] < one.Count && one.Total > 0).ToList();
            if (able.Count == 0)
                return all.Find(one => one.Who == _own).Count;
            taken[able.OrderBy(one => Priority(one.Who)).ThenByDescending(one => one.Held - Gets(one)).First().Who]++;
        }

        foreach (var one in all.OrderByDescending(one => Priority(one.Who)))
        {
            while (taken[one.Who] > 0)
            {
                taken[one.Who]--;
                if (all.Sum(Gets) >= lack)
                    continue;
                taken[one.Who]++;
                break;
            }
        }

        return taken[_own];
    }

    private bool IsHarvest(SlowPod pod) => _cluster.Harvesters.Exists(one => one.App == pod.App);

    private int Priority(SlowHarvester who) =>
        _cluster
            .Pods.Where(pod => pod.App == who.App && !pod.Ending)
            .Select(pod => pod.Priority)
            .DefaultIfEmpty(0)
            .Min();
}
