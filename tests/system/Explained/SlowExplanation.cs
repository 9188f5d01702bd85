using System.Globalization;
using Ebb.Core.Tests.Capacity.Oracle;

namespace Ebb.Tests.Explained;

/// <summary>What /explain is to say of one harvester, leaf by leaf, from the slow count.</summary>
internal sealed class SlowExplanation
{
    private readonly Dictionary<string, string?> _leaves = [];
    private readonly RandomCluster _cluster;
    private readonly SlowHarvester _own;

    private SlowExplanation(RandomCluster cluster, SlowPlan plan, SlowHarvester own, DateTimeOffset now)
    {
        (_cluster, _own) = (cluster, own);
        var count = new SlowCount(cluster, plan, own);
        // As found, which shrinks at once; growing is tested elsewhere.
        var replicas = Math.Min(ServedObjects.Replicas(cluster, own), count.Fits);
        var grows = !count.IsClearing && (count.Fits - replicas > 1 || (count.Fits > 0 && replicas == 0));
        Tell("namespace", "shop");
        Tell("name", own.App);
        Tell("replicas", replicas);
        Tell("active", replicas > 0);
        if (grows)
            Tell("until", now.AddMinutes(1).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        Tell("capacity.resource", ServedObjects.Named(own.Resource));
        Tell(
            "capacity.unit",
            own.Resource switch
            {
                "cpu" => "cores",
                "memory" => "bytes",
                _ => "pieces",
            }
        );
        Amount("capacity.allocatable", count.Allocatable);
        Amount("capacity.requestedByOthers", count.Requested);
        Amount("capacity.pending", count.Pending);
        Amount("capacity.reserve", count.Reserve);
        Amount("capacity.remaining", count.Remaining);
        Amount("capacity.perReplica", count.PerReplica);
        Amount("capacity.harvested", count.Held);
        Tell("capacity.givenBack", count.GivenBack);
        Tell("capacity.fits", count.Fits);
        Tell("capacity.count", replicas);
        Tell("capacity.trusted", true);
        Tell("capacity.eligibleNodes", count.Nodes.Count(node => node.Takes));
        Tell(
            "capacity.quota",
            count.Quotas.Count == 0
                ? null
                : string.Join(
                    " or ",
                    count
                        .Quotas.Where(one => one.Allows == count.Fits)
                        .Select(one =>
                            $"ResourceQuota q{cluster.Quotas.IndexOf(one.Quota)} allows {one.Allows} by "
                            + ServedObjects.Bounded(one.Quota.Resource)
                        )
                )
        );
        foreach (var (node, numbers) in cluster.Nodes.Zip(count.Nodes))
            Node(node, numbers, count);
        Order =
        [
            .. count
                .Nodes.OrderByDescending(node => node.Fits)
                .ThenBy(node => node.Name, StringComparer.Ordinal)
                .Select(node => node.Name),
        ];
    }

    /// <summary>Its nodes in the order in which they are listed.</summary>
    public IReadOnlyList<string> Order { get; }

    /// <summary>Each leaf, by its path; several texts with "or" between them: any of these.</summary>
    public IReadOnlyDictionary<string, string?> Leaves => _leaves;

    public static SlowExplanation Of(RandomCluster cluster, SlowPlan plan, SlowHarvester own, DateTimeOffset now) =>
        new(cluster, plan, own, now);

    private void Node(SlowNode node, SlowNodeCount numbers, SlowCount count)
    {
        var at = $"capacity.nodes[{node.Name}]";
        Tell($"{at}.name", node.Name);
        Tell($"{at}.refusal", numbers.Takes ? null : string.Join(" or ", Refusals(node)));
        Tell($"{at}.whyNot", numbers is { Takes: true, Fits: 0 } ? count.WhyNot(node) : null, words: true);
        Amount($"{at}.allocatable", numbers.Allocatable);
        Amount($"{at}.requestedByOthers", numbers.Others);
        Amount($"{at}.pending", numbers.Pending);
        Tell($"{at}.givenBack", numbers.GivenBack);
        Tell($"{at}.fits", numbers.Fits);
        foreach (var (resource, has) in node.Has)
        {
            var named = $"{at}.resources.{ServedObjects.Named(resource)}";
            Tell($"{named}.allocatable", Words(resource, has));
            Tell($"{named}.requestedByOthers", Words(resource, count.Others(node.Name, resource)));
        }
    }

    // All that is true of it; which of several is told says nothing.
    private IEnumerable<string> Refusals(SlowNode node)
    {
        if (!node.Ready)
            yield return "not ready";
        if (node.Cordoned)
            yield return "cordoned";
        if (_own.Where.Node is { } named && named != node.Name)
            yield return $"not {named}";
        foreach (var (key, value) in _own.Where.Selector)
            if (node.Labels.GetValueOrDefault(key) != value)
                yield return $"has no label {key}={value}";
        if (!SlowScheduler.IsChosen(node, _own.Where with { Selector = [] }))
            yield return "not in the required node affinity";
        foreach (var taint in node.Taints.Where(one => one.Effect != "PreferNoSchedule"))
            if (!SlowScheduler.IsTolerated(node with { Taints = [taint], Cordoned = false }, _own.Where))
                yield return $"taint {taint.Key}{(taint.Value == "" ? "" : "=")}{taint.Value}:{taint.Effect}";
    }

    private void Amount(string path, long units) => Tell(path, Words(_own.Resource, units));

    private void Tell(string path, object? value, bool words = false)
    {
        var text = Convert.ToString(value, CultureInfo.InvariantCulture);
        _leaves[path] =
            value is null ? null
            : words ? text!.Replace("gpu", ServedObjects.Named("gpu"), StringComparison.Ordinal)
            : text;
    }

    private static string Words(string resource, long units) =>
        resource == "cpu"
            ? (units / 1000m).ToString("0.###", CultureInfo.InvariantCulture)
            : units.ToString(CultureInfo.InvariantCulture);
}
