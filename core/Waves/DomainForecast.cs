using Ebb.Core.Power;
using Ebb.Core.Workloads;
using NodaTime;

namespace Ebb.Core.Waves;

/// <summary>What becomes of workloads when one supply fails and all others have mains, told before it does.</summary>
/// <param name="Supply">Its name.</param>
/// <param name="Nodes">Those that have no power then.</param>
/// <param name="IsWhole">Too few supplies are left: all go to sleep, whatever feeds them.</param>
/// <param name="Asleep">What is put to sleep, in the order of the waves.</param>
/// <param name="Running">What is left running, and why.</param>
public sealed record DomainForecast(
    string Supply,
    IReadOnlyList<string> Nodes,
    bool IsWhole,
    IReadOnlyList<Member> Asleep,
    IReadOnlyList<(Member Member, string Why)> Running
)
{
    /// <summary>Of each supply that a node names; empty: none does.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="members">Its UpsScalers, validated.</param>
    /// <param name="supplies">Those that are followed.</param>
    /// <param name="settings">How power is judged.</param>
    /// <param name="now">The instant.</param>
    public static IReadOnlyList<DomainForecast> Of(
        ClusterView cluster,
        IReadOnlyList<Member> members,
        IReadOnlyList<Supply> supplies,
        PowerSettings settings,
        Instant now
    )
    {
        ArgumentNullException.ThrowIfNull(cluster);
        ArgumentNullException.ThrowIfNull(members);
        ArgumentNullException.ThrowIfNull(supplies);
        ArgumentNullException.ThrowIfNull(settings);
        var named = (cluster.Nodes ?? []).SelectMany(node => node.Supplies).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return
        [
            .. supplies
                .Select(supply => supply.Ups)
                .Where(named.Contains)
                .Order(StringComparer.Ordinal)
                .Select(name => Alone(name, cluster, members, supplies, settings, now)),
        ];
    }

    private static DomainForecast Alone(
        string failing,
        ClusterView cluster,
        IReadOnlyList<Member> members,
        IReadOnlyList<Supply> supplies,
        PowerSettings settings,
        Instant now
    )
    {
        var then = PowerState.Of(
            [.. supplies.Select(supply => Taken(supply.Ups, supply.Ups == failing, settings, now))],
            settings,
            acknowledged: null,
            needed: null,
            now
        );
        // A node names a supply, or there would be no forecast of it.
        var domains = PowerDomains.Of(cluster, members, then, settings, Orders.None, needed: null, now)!;
        var isWhole = then.Verdict.Wish == PowerWish.Sleep;
        // Hooks run in the outages of the whole, and sleep in none.
        List<Member> meant =
        [
            .. members
                .Where(member =>
                    member is { Refusal: null, Scaler.Deleting: false, Type.Method: not SleepMethod.RunHook }
                )
                .OrderBy(member => member.DownPriority),
        ];
        return new DomainForecast(
            failing,
            [.. domains.Dark.Keys.Order(StringComparer.Ordinal)],
            isWhole,
            isWhole ? meant : [.. meant.Where(member => domains.WayOf(member) == Direction.Down)],
            isWhole
                ? []
                :
                [
                    .. meant
                        .Select(member => (member, Why: domains.LeftRunning(member)))
                        .Where(left => left.Why is not null)
                        .Select(left => (left.member, left.Why!)),
                ]
        );
    }

    /// <summary>For as long as it takes to be believed.</summary>
    private static Supply Taken(string ups, bool fails, PowerSettings settings, Instant now)
    {
        var mains = fails ? Mains.Battery : Mains.On;
        return new Supply
        {
            Ups = ups,
            Mains = mains,
            LastKnown = mains,
            Since = now - (fails ? settings.OnBatteryFor : settings.MainsFor),
        };
    }
}
