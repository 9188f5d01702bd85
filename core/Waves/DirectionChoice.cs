using Ebb.Core.Power;
using Ebb.Core.Workloads;

namespace Ebb.Core.Waves;

/// <summary>The direction that power and orders ask: failing power before orders, orders before good power.</summary>
internal static class DirectionChoice
{
    public static (Direction Direction, string Reason) Of(PowerState power, Orders orders)
    {
        var verdict = power.Verdict;
        if (verdict.Wish == PowerWish.Sleep)
            return (Direction.Down, verdict.Reason);
        if (orders.Shutdown is { } shutdown)
            return (Direction.Down, $"shutdown asked for: {shutdown.Reason}");
        if (orders.Drill is { } drill && orders.DrillTurned is null)
            return (Direction.Down, $"drill: {drill.Reason}");
        if (verdict.Wish == PowerWish.Wake)
            return (Direction.Up, verdict.Reason);
        // What a person began a person may end, unless the mains is known to be gone.
        if (power.Mains == Mains.Battery)
            return (Direction.None, verdict.Reason);
        if (orders.Drill is { } turned)
            return (Direction.Up, $"drill: {turned.Reason}");
        if (orders.Restore is { } restore)
            return (Direction.Up, $"restore asked for: {restore.Reason}");
        return (Direction.None, verdict.Reason);
    }
}
