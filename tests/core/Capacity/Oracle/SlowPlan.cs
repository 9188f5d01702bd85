namespace Ebb.Core.Tests.Capacity.Oracle;

/// <summary>
/// What is given back for pods that wait, pod by pod: the highest priority first, then whoever takes the greatest part
/// of the largest node; each goes to the first node with room, else to the one where the least is given back for it.
/// </summary>
internal sealed class SlowPlan
{
    private readonly RandomCluster _cluster;

    public SlowPlan(RandomCluster cluster)
        : this(cluster, true) { }

    private SlowPlan(RandomCluster cluster, bool places)
    {
        _cluster = cluster;
        if (places)
            foreach (var pod in Waiting(cluster).OrderByDescending(pod => pod.Priority).ThenByDescending(Share))
                Place(pod);
    }

    /// <summary>Pods without a node that are no harvester's.</summary>
    public static IEnumerable<SlowPod> Waiting(RandomCluster cluster) =>
        cluster.Pods.Where(pod => pod.Node is null && cluster.Harvesters.All(one => one.App != pod.App));

    /// <summary>
    /// Where a pod could go while nothing is planned for others: nodes with room by name, then those where the least is
    /// given back.
    /// </summary>
    public static List<string> Choices(RandomCluster cluster, SlowPod pod)
    {
        var nobody = new SlowPlan(cluster, false);
        var open = nobody.Open(nobody.Candidates(pod), pod);
        return
        [
            .. open.Where(node => nobody.HasRoom(node, pod)).Select(node => node.Name),
            .. nobody.ByCost(open.Where(node => !nobody.HasRoom(node, pod)), pod).Select(node => node.Name),
        ];
    }

    public Dictionary<string, List<SlowPod>> Claims { get; } = [];

    public Dictionary<(string Node, string App), int> Given { get; } = [];

    /// <summary>Pods that find no node, and whether none could take them even empty.</summary>
    public List<(SlowPod Pod, bool Nowhere)> Unmet { get; } = [];

    public int GivenBy(string node, string app) => Given.GetValueOrDefault((node, app));

    public long Claimed(string node, string resource) =>
        Claims.GetValueOrDefault(node, []).Sum(pod => pod.Takes.GetValueOrDefault(resource));

    /// <summary>Those of an app on a node that stay, given back ones included.</summary>
    public List<SlowPod> Staying(string node, string app) =>
        [.. _cluster.Pods.Where(pod => pod.Node == node && pod.App == app && !pod.Ending)];

    /// <summary>What some of an app's pods on a node hold: their even part of what all of them do.</summary>
    public long Part(string node, string app, string resource, int count)
    {
        var staying = Staying(node, app);
        return staying.Count == 0
            ? 0
            : staying.Sum(pod => pod.Takes.GetValueOrDefault(resource)) * count / staying.Count;
    }

    private double Share(SlowPod pod) =>
        pod.Takes.Max(need =>
            (double)need.Value / Math.Max(1, _cluster.Nodes.Max(node => SlowScheduler.Has(node, need.Key)))
        );

    private void Place(SlowPod pod)
    {
        var all = Candidates(pod);
        var nodes = Open(all, pod);
        var found = nodes.Find(node => HasRoom(node, pod));
        if (found is null)
        {
            found = ByCost(nodes, pod).FirstOrDefault();
            if (found is null)
            {
                Unmet.Add((pod, !all.Exists(node => SlowScheduler.Fits(node, [], pod.Takes))));
                return;
            }

            foreach (var (app, count) in Victims(found, pod, locally: false)!)
                Given[(found.Name, app)] = GivenBy(found.Name, app) + count;
        }

        Claims[found.Name] = [.. Claims.GetValueOrDefault(found.Name, []), pod];
    }

    // An anti-affinity of its own by another label than a host's is not counted.
    private List<SlowNode> Candidates(SlowPod pod) =>
        [
            .. _cluster
                .Nodes.Where(node =>
                    pod.RepelsInDomain.Count == 0
                    && SlowScheduler.Takes(node, pod.Where)
                    && SlowScheduler.HasVolume(node, pod)
                )
                .OrderBy(node => node.Name, StringComparer.Ordinal),
        ];

    private List<SlowNode> Open(List<SlowNode> nodes, SlowPod pod) => [.. nodes.Where(node => !IsClosed(node, pod))];

    private bool HasRoom(SlowNode node, SlowPod pod) =>
        Leaving(node, pod).Values.Sum() == 0 && pod.Takes.All(need => Free(node, need.Key) >= need.Value);

    private IEnumerable<SlowNode> ByCost(IEnumerable<SlowNode> nodes, SlowPod pod) =>
        nodes
            .Select(node => (Node: node, Victims: Victims(node, pod, locally: true)))
            .Where(one => one.Victims is not null)
            .OrderBy(one => one.Victims!.Max(victim => Priority(victim.Key)))
            .ThenBy(one => one.Victims!.Sum(victim => victim.Value))
            .ThenBy(one => one.Node.Name, StringComparer.Ordinal)
            .Select(one => one.Node);

    // InterPodAffinity: against all that run but harvesters' pods, which give way, and against those that go to the
    // node too; in a larger domain against all; and with whom it is to be, of those that stay.
    private bool IsClosed(SlowNode node, SlowPod pod) =>
        _cluster
            .Pods.Where(other => other.Node == node.Name && !IsHarvest(other))
            .Concat(Claims.GetValueOrDefault(node.Name, []))
            .Any(other => Repel(pod, other))
        || _cluster.Pods.Exists(other =>
            other.RepelsInDomain.Exists(term =>
                term.App == pod.App
                && node.Labels.TryGetValue(term.Key, out var domain)
                && _cluster.Nodes.Find(one => one.Name == other.Node)?.Labels.GetValueOrDefault(term.Key) == domain
            )
        )
        || !pod.Attracts.TrueForAll(app =>
            _cluster.Pods.Exists(other =>
                other.Node == node.Name && other.App == app && !other.Ending && !IsHarvest(other)
            )
        );

    private static bool Repel(SlowPod one, SlowPod other) =>
        one.Repels.Contains(other.App) || other.Repels.Contains(one.App);

    // Harvesters' pods that do not share the node with it: all that are not given back yet.
    private Dictionary<string, int> Leaving(SlowNode node, SlowPod pod) =>
        _cluster
            .Harvesters.Where(one => Staying(node.Name, one.App).Exists(own => Repel(pod, own)))
            .ToDictionary(one => one.App, one => Staying(node.Name, one.App).Count - GivenBy(node.Name, one.App));

    private long Free(SlowNode node, string resource) =>
        SlowScheduler.Has(node, resource)
        - _cluster
            .Pods.Where(pod => pod.Node == node.Name && !(pod.Ending && IsHarvest(pod)))
            .Sum(pod => pod.Takes.GetValueOrDefault(resource))
        - Claimed(node.Name, resource)
        + _cluster.Harvesters.Sum(one => Part(node.Name, one.App, resource, GivenBy(node.Name, one.App)));

    // All that do not share the node with it; then one pod after another until it is enough, the lowest priority first, then whoever holds the most; then those
    // back that are not needed.
    private Dictionary<string, int>? Victims(SlowNode node, SlowPod pod, bool locally)
    {
        var level = pod
            .Takes.Keys.Order(StringComparer.Ordinal)
            .FirstOrDefault(resource => Free(node, resource) < pod.Takes[resource]);
        var leaving = Leaving(node, pod);
        var taken = leaving.ToDictionary();
        long Gets(string app, string resource) =>
            Part(node.Name, app, resource, GivenBy(node.Name, app) + taken.GetValueOrDefault(app))
            - Part(node.Name, app, resource, GivenBy(node.Name, app));
        bool Lacks(string resource) =>
            Free(node, resource) + _cluster.Harvesters.Sum(one => Gets(one.App, resource)) < pod.Takes[resource];
        while (pod.Takes.Keys.Any(Lacks))
        {
            var next = _cluster
                .Harvesters.Where(one =>
                    GivenBy(node.Name, one.App) + taken.GetValueOrDefault(one.App) < Staying(node.Name, one.App).Count
                    && pod.Takes.Keys.Any(resource =>
                        Lacks(resource) && Staying(node.Name, one.App).Exists(own => own.Takes.ContainsKey(resource))
                    )
                )
                .OrderBy(one => Priority(one.App))
                .ThenByDescending(one => Holds(one.App, level!, locally ? node.Name : null) - Gets(one.App, level!))
                .ThenBy(one => one.App, StringComparer.Ordinal)
                .FirstOrDefault();
            if (next is null)
                return null;
            taken[next.App] = taken.GetValueOrDefault(next.App) + 1;
        }

        foreach (
            var app in taken
                .Keys.Where(app => !leaving.ContainsKey(app))
                .OrderByDescending(Priority)
                .ThenBy(app => app, StringComparer.Ordinal)
                .ToList()
        )
        {
            while (taken[app] > 0)
            {
                taken[app]--;
                if (!pod.Takes.Keys.Any(Lacks))
                    continue;
                taken[app]++;
                break;
            }
        }

        return taken.Where(one => one.Value > 0).ToDictionary();
    }

    private long Holds(string app, string resource, string? node) =>
        _cluster
            .Nodes.Where(one => node is null || one.Name == node)
            .Sum(one =>
                Part(one.Name, app, resource, Staying(one.Name, app).Count)
                - Part(one.Name, app, resource, GivenBy(one.Name, app))
            );

    private bool IsHarvest(SlowPod pod) => _cluster.Harvesters.Exists(one => one.App == pod.App);

    // As its pods have it.
    private int Priority(string app) =>
        _cluster.Pods.Where(pod => pod.App == app && !pod.Ending).Select(pod => pod.Priority).DefaultIfEmpty(0).Min();
}
