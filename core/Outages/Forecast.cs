using Ebb.Core.Waves;
using NodaTime;

namespace Ebb.Core.Outages;

/// <summary>What the outages before let expect of the next one.</summary>
public static class Forecast
{
    /// <summary>
    /// How long each wave takes at least until all of it is asleep, by its priority: as long as its slowest workload
    /// that was ever seen going to sleep. A workload that was never seen may take longer, so this is never too long; a
    /// wave of which nothing is known is not in it.
    /// </summary>
    public static IReadOnlyDictionary<int, Duration> SleepOfWaves(
        IReadOnlyList<Member> members,
        DurationHistory learned
    )
    {
        ArgumentNullException.ThrowIfNull(members);
        ArgumentNullException.ThrowIfNull(learned);
        var slowest = new Dictionary<int, Duration>();
        if (learned.Workloads.Count == 0)
            return slowest;
        foreach (var member in members)
        {
            if (member.Refusal is not null || learned.Sleep(member.ToString()) is not { } takes)
                continue;
            slowest[member.DownPriority] = Duration.Max(takes, slowest.GetValueOrDefault(member.DownPriority));
        }
        return slowest;
    }

    /// <summary>All waves, one after the other; null: of none it is known.</summary>
    public static Duration? SleepAtLeast(IReadOnlyDictionary<int, Duration> waves)
    {
        ArgumentNullException.ThrowIfNull(waves);
        return waves.Count == 0 ? null : waves.Values.Aggregate(Duration.Zero, (sum, wave) => sum + wave);
    }
}
