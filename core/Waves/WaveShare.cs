using NodaTime;

namespace Ebb.Core.Waves;

/// <summary>
/// How long a wave on its way down is waited for: its share of the battery budget. A budget that is used up shortens
/// the wait to <see cref="Floor"/>; it does not skip it.
/// </summary>
public static class WaveShare
{
    /// <summary>Long enough for the order to be written and for a process that ends at once to be gone.</summary>
    public static readonly Duration Floor = Duration.FromSeconds(3);

    /// <summary>
    /// What the waves that are left are known to need is theirs, and the rest is shared evenly. When the budget is less
    /// than that, each gets as much of it as it needs of the whole. Nothing comes after the last wave, so that it has
    /// the whole <paramref name="timeout"/>.
    /// </summary>
    /// <param name="budget">When the wave began; null: on mains, where nothing runs out.</param>
    /// <param name="needs">Of the waves that are left, this one first; null: not known.</param>
    /// <param name="timeout">At most.</param>
    public static Duration Of(Duration? budget, IReadOnlyList<Duration?> needs, Duration timeout)
    {
        if (budget is not { } left || needs.Count <= 1)
            return timeout;
        var known = needs.Select(need => Duration.Max(need ?? Duration.Zero, Floor)).ToList();
        var sum = known.Aggregate(Duration.Zero, (total, need) => total + need);
        var share = left >= sum ? known[0] + ((left - sum) / needs.Count) : left * (known[0] / sum);
        return Duration.Min(timeout, Duration.Max(share, Floor));
    }
}
