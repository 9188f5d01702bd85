using Ebb.Core.Waves;
using NodaTime;

namespace Ebb.Core.Outages;

/// <summary>What the outages before let expect of the next one, on its way down.</summary>
/// <param name="Priorities">Of the waves, in order.</param>
/// <param name="Needs">
/// How long each wave takes at least until all of it is asleep: as long as its slowest workload that was ever seen
/// going to sleep. A workload that was never seen may take longer, so this is never too long; a wave of which nothing
/// is known is not in it.
/// </param>
/// <param name="Unseen">How many workloads were never seen going to sleep.</param>
/// <param name="Costliest">
/// Whose wave would be over soonest without it, and what it takes; of several the slowest. Null: none was ever seen.
/// </param>
public sealed record SleepForecast(
    IReadOnlyList<int> Priorities,
    IReadOnlyDictionary<int, Duration> Needs,
    int Unseen,
    (string Workload, Duration Takes)? Costliest
)
{
    /// <summary>All waves, one after the other; null: of none it is known.</summary>
    public Duration? AtLeast =>
        Needs.Count == 0 ? null : Needs.Values.Aggregate(Duration.Zero, (sum, wave) => sum + wave);

    /// <summary>Of the workloads that are not refused.</summary>
    public static SleepForecast Of(IReadOnlyList<Member> members, DurationHistory learned)
    {
        ArgumentNullException.ThrowIfNull(members);
        ArgumentNullException.ThrowIfNull(learned);
        var needs = new Dictionary<int, Duration>();
        (Member Member, Duration Takes, Duration Saves)? costliest = null;
        var (unseen, priorities) = (0, new List<int>());
        // What is only held back takes one request.
        foreach (
            var wave in members
                .Where(m => m is { Refusal: null, Scaler.Implied: false })
                .GroupBy(m => m.DownPriority)
                .OrderBy(w => w.Key)
        )
        {
            priorities.Add(wave.Key);
            Duration slowest = Duration.Zero,
                second = Duration.Zero;
            Member? slow = null;
            foreach (var member in wave)
            {
                if (learned.Sleep(member.ToString()) is not { } takes)
                    unseen++;
                else if (slow is null || takes > slowest)
                    (slow, second, slowest) = (member, slowest, takes);
                else
                    second = Duration.Max(second, takes);
            }
            if (slow is null)
                continue;
            needs[wave.Key] = slowest;
            if (costliest is not { } so || (slowest - second, slowest).CompareTo((so.Saves, so.Takes)) > 0)
                costliest = (slow, slowest, slowest - second);
        }
        return new SleepForecast(
            priorities,
            needs,
            unseen,
            costliest is { } one ? (one.Member.ToString(), one.Takes) : null
        );
    }
}
