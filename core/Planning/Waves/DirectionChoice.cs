using Ebb.Core.Power;

namespace Ebb.Core.Planning.Waves;

/// <summary>Which way, from what power and people ask: a failing power before a person, a person before a good power.</summary>
internal static class DirectionChoice
{
    public static (Direction Direction, string Reason) Of(PowerState power, Orders asks)
    {
        var verdict = power.Verdict;
        if (verdict.Wish == PowerWish.Sleep)
            return (Direction.Down, verdict.Reason);
        if (asks.Shutdown is { } shutdown)
            return (Direction.Down, $"shutdown asked for: {shutdown.Reason}");
        if (asks.Drill is { } drill && asks.DrillTurned is null)
            return (Direction.Down, $"drill: {drill.Reason}");
        if (verdict.Wish == PowerWish.Wake)
            return (Direction.Up, verdict.Reason);
        // What a person began a person may end, unless the mains is known to be gone.
        if (power.Mains == Mains.Battery)
            return (Direction.None, verdict.Reason);
        if (asks.Drill is { } turned)
            return (Direction.Up, $"drill: {turned.Reason}");
        if (asks.Restore is { } restore)
            return (Direction.Up, $"restore asked for: {restore.Reason}");
        return (Direction.None, verdict.Reason);
    }
}
