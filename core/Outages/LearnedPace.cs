using Ebb.Core.Power;
using Ebb.Core.Waves;
using Ebb.Core.Workloads;

namespace Ebb.Core.Outages;

/// <summary>
/// How many workloads may start at once, as the returns that are kept have shown: half of what a slow one had starting
/// at once, and twice the limit that one reached without being slow. A few slow ones in a row take nothing any more.
/// </summary>
/// <param name="Returns">Oldest first.</param>
public sealed record LearnedPace(IReadOnlyList<ObservedReturn> Returns)
{
    /// <summary>No return is on record.</summary>
    public static readonly LearnedPace Nothing = new([]);

    /// <summary>As many pulls as a kubelet begins without a pause (its default registryBurst).</summary>
    private const int PerNode = 10;

    /// <summary>
    /// The limit is halved for so many slow returns in a row. Where one more is slow, fewer at once do not help.
    /// </summary>
    private const int MostHalvings = 3;

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
        var (limit, before, halved) = (PerNode * nodes, PerNode * nodes, 0);
        var because = $"{PerNode} for each ready node until a return has shown otherwise";
        foreach (var one in Returns)
        {
            if (one.Slowness is null)
            {
                halved = 0;
                if (one.Most < limit)
                    continue;
                limit *= 2;
                because =
                    $"learned: {one.Most} started at once in the return of outage {one.Outage}, which was not slow";
            }
            else if (halved < MostHalvings)
            {
                before = halved++ == 0 ? limit : before;
                limit = Math.Max(nodes, one.Most / 2);
                because =
                    $"learned: in the return of outage {one.Outage}, with {one.Most} starting at once, {one.Slowness}";
            }
            else
            {
                limit = before;
                because =
                    $"learned: more than {MostHalvings} returns in a row were slow, so what was before them holds again";
            }
        }
        return new WakeLimit(limit, because);
    }
}
