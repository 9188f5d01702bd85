using Ebb.Core.Waves;
using NodaTime;

namespace Ebb.Core.Outages;

/// <summary>What the outages before let expect of the next one.</summary>
public static class Forecast
{
    /// <summary>
    /// How long it takes at least until all are asleep: waves follow one another, and each takes as long as its slowest
    /// workload that was ever seen going to sleep. Null: of none it is known. A workload that was never seen may take
    /// longer, so this is never too long.
    /// </summary>
    public static Duration? SleepAtLeast(IReadOnlyList<Member> members, DurationHistory learned)
    {
        ArgumentNullException.ThrowIfNull(members);
        ArgumentNullException.ThrowIfNull(learned);
        if (learned.Workloads.Count == 0)
            return null;
        var slowest = new Dictionary<int, Duration>();
        foreach (var member in members)
        {
            if (member.Refusal is not null || learned.Sleep(member.ToString()) is not { } takes)
                continue;
            slowest[member.DownPriority] = Duration.Max(takes, slowest.GetValueOrDefault(member.DownPriority));
        }
        return slowest.Count == 0 ? null : slowest.Values.Aggregate(Duration.Zero, (sum, wave) => sum + wave);
    }
}
