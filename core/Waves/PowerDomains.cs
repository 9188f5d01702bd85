using Ebb.Core.Power;
using Ebb.Core.Workloads;
using NodaTime;

namespace Ebb.Core.Waves;

/// <summary>
/// Who is meant while supplies fail that feed only some of the nodes. A workload follows the nodes that it may run on;
/// a node has power as long as one of the supplies that it names has. Whoever is in no domain follows the power of the
/// whole.
/// </summary>
public sealed class PowerDomains
{
    private readonly Dictionary<Member, (Direction Way, string? Why)> _members;

    private PowerDomains(
        Dictionary<Member, (Direction, string?)> members,
        IReadOnlyDictionary<string, PowerState> dark,
        PowerState? failing
    ) => (_members, Dark, Failing) = (members, dark, failing);

    /// <summary>The nodes without power, and the power of each.</summary>
    public IReadOnlyDictionary<string, PowerState> Dark { get; }

    /// <summary>
    /// Of the nodes without power the one that is worst off: what those on it have left. Null: all nodes have power.
    /// </summary>
    public PowerState? Failing { get; }

    /// <summary>
    /// Down: no node that it may run on has power. None: one may get it back, or it is too early. Up: it follows the
    /// whole.
    /// </summary>
    public Direction WayOf(Member member) => _members.TryGetValue(member, out var known) ? known.Way : Direction.Up;

    /// <summary>Why it is left running while nodes are without power; null: none is, or it is not.</summary>
    public string? LeftRunning(Member member) => WayOf(member) == Direction.Up ? WhyOf(member) : null;

    /// <summary>Why it waits, of one that goes no way; null: nothing to tell.</summary>
    internal string? WhyOf(Member member) => _members.GetValueOrDefault(member).Why;

    /// <summary>Names of nodes' supplies that no source has; each a whole sentence.</summary>
    public static IReadOnlyList<string> Troubles(ClusterView cluster, IReadOnlyList<Supply> supplies)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        return
        [
            .. (cluster.Nodes ?? [])
                .SelectMany(node => node.Supplies.Select(name => (node.Name, Supply: name)))
                .Where(named => Find(supplies, named.Supply) is null)
                .GroupBy(named => named.Supply, StringComparer.Ordinal)
                .OrderBy(named => named.Key, StringComparer.Ordinal)
                .Select(named =>
                    $"{WellKnown.SuppliesAnnotation} of {Listed([.. named.Select(n => $"node {n.Name}")])} names "
                    + $"\"{named.Key}\", which is no UPS of Power__Sources; such a node counts as fed by all"
                ),
        ];
    }

    /// <summary>Null: no node names a supply, and the whole is all there is.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="members">Its UpsScalers, validated.</param>
    /// <param name="whole">All supplies together.</param>
    /// <param name="settings">How power is judged.</param>
    /// <param name="orders">What people asked.</param>
    /// <param name="needed">How long a whole shutdown is expected to take; null: not known.</param>
    /// <param name="now">The instant.</param>
    public static PowerDomains? Of(
        ClusterView cluster,
        IReadOnlyList<Member> members,
        PowerState whole,
        PowerSettings settings,
        Orders orders,
        Duration? needed,
        Instant now
    )
    {
        ArgumentNullException.ThrowIfNull(cluster);
        ArgumentNullException.ThrowIfNull(members);
        ArgumentNullException.ThrowIfNull(whole);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(orders);
        if (cluster.Nodes is not { } nodes || nodes.All(node => node.Supplies.Count == 0))
            return null;
        var one = settings with { MinimumSupplies = 1 };
        Dictionary<string, PowerState> states = new(StringComparer.OrdinalIgnoreCase);
        Dictionary<string, FedNode> fed = new(StringComparer.Ordinal);
        foreach (var node in nodes)
        {
            List<Supply?> named = [.. node.Supplies.Select(name => Find(whole.Supplies, name))];
            // What nobody knows may feed it, so that only the whole says when it is without power.
            if (named.Count == 0 || named.Contains(null))
            {
                fed[node.Name] = new FedNode(node, null, Direction.Up, Live(whole.Supplies));
                continue;
            }
            var key = string.Join(',', named.Select(supply => supply!.Ups).Order(StringComparer.Ordinal));
            if (!states.TryGetValue(key, out var state))
                states[key] = state = PowerState.Of([.. named.Distinct()!], one, orders.Acknowledged, needed, now);
            fed[node.Name] = new FedNode(
                node,
                state,
                DirectionChoice.Of(state, orders).Direction,
                Live(named.OfType<Supply>())
            );
        }
        var dark = fed
            .Values.Where(node => node.State?.Verdict.Wish == PowerWish.Sleep)
            .ToDictionary(node => node.Node.Name, node => node.State!, StringComparer.Ordinal);
        var failing = dark
            .Values.OrderByDescending(state => state.Verdict.Urgent)
            .ThenByDescending(state => state.Battery == BatteryLevel.Low)
            .ThenBy(state => state.Budget?.Remaining ?? Duration.Zero)
            .ThenBy(state => state.Verdict.Reason, StringComparer.Ordinal)
            .FirstOrDefault();
        var ways = members
            .Where(member => member.Type is { IsReconciler: false, Method: not SleepMethod.RunHook })
            .ToDictionary(member => member, member => Judge(member, fed, dark.Count > 0));
        // What applies others would put back what sleeps of them.
        foreach (var owner in members.Where(member => member.Type is { IsReconciler: true }))
            if (Lowest(owner, ways, []) is var way and not Direction.Up)
                ways[owner] = (way, null);
        return new PowerDomains(ways, dark, failing);

        IReadOnlyList<string> Live(IEnumerable<Supply> supplies) =>
            [
                .. supplies
                    .Where(s => PowerVerdict.Of(s, one, orders.Acknowledged, needed, now).Wish != PowerWish.Sleep)
                    .Select(s => s.Ups),
            ];
    }

    private sealed record FedNode(NodeView Node, PowerState? State, Direction Way, IReadOnlyList<string> Live);

    private static (Direction, string?) Judge(Member member, Dictionary<string, FedNode> fed, bool tells)
    {
        var (names, doubt) = NodesOf(member, [.. fed.Values.Select(one => one.Node)]);
        if (names is null || names.Any(name => !fed.ContainsKey(name)))
            return (
                Direction.Up,
                tells ? $"{doubt ?? "a node of its pods is not known"}; which supply feeds it is not known" : null
            );
        List<FedNode> nodes = [.. names.Select(name => fed[name])];
        List<FedNode> lit = [.. nodes.Where(node => node.Way == Direction.Up)];
        if (lit.Count == 0)
            return nodes.TrueForAll(node => node.Way == Direction.Down)
                ? (Direction.Down, null)
                : (Direction.None, nodes.Find(node => node.Way == Direction.None)!.State!.Verdict.Reason);
        var by = Listed([.. lit.SelectMany(node => node.Live).Distinct(StringComparer.Ordinal).Order()]);
        return (
            Direction.Up,
            !tells ? null
            : lit.Count == nodes.Count ? $"its nodes are fed by {by}"
            : $"it may run on {Listed([.. lit.Select(node => node.Node.Name).Order()])}, fed by {by}"
        );
    }

    /// <summary>The nodes that it may run on and those that its pods run on; null: not known, and why.</summary>
    private static (IReadOnlyCollection<string>? Names, string? Doubt) NodesOf(
        Member member,
        IReadOnlyList<NodeView> nodes
    )
    {
        if (member.Type!.Method == SleepMethod.Cordon)
            return ([member.Scaler.TargetName!], null);
        if (member.Workload is not { } workload)
            return (null, "it was not found");
        List<NodeView> chosen =
        [
            .. nodes.Where(n =>
                n.Facts is { } facts
                && workload.Placement is { } place
                && (place.Node is null || place.Node == n.Name)
                && place.IsChosen(facts)
            ),
        ];
        List<NodeView> able = [.. chosen.Where(n => workload.Placement!.IsTolerated(n.Facts!))];
        // With none that takes it now it can run nowhere else than where it would be chosen to.
        var may = (able.Count > 0 ? able : chosen).Select(n => n.Name);
        // What is asleep has no pods; where they were is remembered.
        if (member.Scaler.Baseline is { } baseline)
            return chosen.Count > 0 ? ([.. may], null)
                : baseline.Nodes is { Count: > 0 } before ? (before, null)
                : (null, "where its pods ran is not known");
        if (workload.RunsOn is not { } running)
            return (null, "a pod of it is on no node that is known");
        List<string> all = [.. may.Union(running)];
        return all.Count > 0 ? (all, null) : (null, "none of its pods runs");
    }

    private static Direction Lowest(
        Member owner,
        Dictionary<Member, (Direction Way, string? Why)> ways,
        HashSet<Member> seen
    )
    {
        var lowest = Direction.Up;
        foreach (var one in owner.Owned.Where(seen.Add))
        {
            var way =
                one.Type is { IsReconciler: true } ? Lowest(one, ways, seen)
                : ways.TryGetValue(one, out var known) ? known.Way
                : Direction.Up;
            if (way == Direction.Down)
                return way;
            if (way == Direction.None)
                lowest = way;
        }
        return lowest;
    }

    private static Supply? Find(IReadOnlyList<Supply> supplies, string name) =>
        supplies.FirstOrDefault(supply => supply.Ups.Equals(name, StringComparison.OrdinalIgnoreCase));

    internal static string Listed(IReadOnlyList<string> names)
    {
        const int most = 3;
        return string.Join(", ", names.Take(most)) + (names.Count > most ? $" and {names.Count - most} more" : "");
    }
}
