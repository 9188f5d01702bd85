using Ebb.Core.Power;
using Ebb.Core.Waves;
using Ebb.Core.Workloads;

namespace Ebb.Core.Outages;

/// <summary>
/// How many workloads may start at once, as the returns that are kept have shown: half of what a slow one had starting
/// at once, and twice the limit that one reached without being slow.
/// </summary>
/// <param name="Returns">Oldest first.</param>
public sealed record LearnedPace(IReadOnlyList<ObservedReturn> Returns)
{
    /// <summary>No return is on record.</summary>
    public static readonly LearnedPace Nothing = new([]);

    /// <summary>As many pulls as a kubelet begins without a pause (its default registryBurst).</summary>
    private const int PerNode = 10;

    /// <param name="outages">Those that are kept; one that is not over has shown nothing yet.</param>
    public static LearnedPace Of(IEnumerable<OutageReport> outages)
    {
        ArgumentNullException.ThrowIfNull(outages);
        List<(string Id, IReadOnlyList<WorkloadStart> Starts)> all =
        [
            .. outages
                .Where(outage => outage.Ended is not null)
                .OrderBy(outage => outage.Id, StringComparer.Ordinal)
                .Select(outage => (outage.Id, WorkloadStart.All(outage))),
        ];
        var inTime = all.SelectMany(outage => outage.Starts.Where(start => start.InTime))
            .GroupBy(start => start.Workload, StringComparer.Ordinal)
            .ToDictionary(seen => seen.Key, seen => seen.ToList(), StringComparer.Ordinal);
        return new LearnedPace([
            .. all.Where(outage => outage.Starts.Count > 0)
                .Select(outage => ObservedReturn.Of(outage.Id, outage.Starts, inTime)),
        ]);
    }

    /// <summary>What holds now: what the setting says, or what was learned.</summary>
    public WakeLimit Limit(PowerSettings settings, ClusterView cluster)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(cluster);
        return settings.WakeAtOnce switch
        {
            0 => new WakeLimit(null, "Power__WakeAtOnce is 0"),
            { } most => new WakeLimit(most, "Power__WakeAtOnce"),
            null when NodeWait.Ready(cluster) is { } nodes => Learned(nodes.Count),
            null => new WakeLimit(null, "the nodes cannot be read"),
        };
    }

    private WakeLimit Learned(int readyNodes)
    {
        // What starts while no node is ready waits for one anyway.
        var nodes = Math.Max(1, readyNodes);
        var limit = PerNode * nodes;
        ObservedReturn? shown = null;
        foreach (var one in Returns)
        {
            if (one.Slowness is not null)
                (limit, shown) = (Math.Max(nodes, one.Most / 2), one);
            else if (one.Most >= limit)
                (limit, shown) = (limit * 2, one);
        }
        return new WakeLimit(
            limit,
            shown switch
            {
                null => $"{PerNode} for each ready node until a return has shown otherwise",
                { Slowness: { } slow } =>
                    $"learned: in the return of outage {shown.Outage}, with {shown.Most} starting at once, {slow}",
                _ =>
                    $"learned: {shown.Most} started at once in the return of outage {shown.Outage}, which was not slow",
            }
        );
    }
}
