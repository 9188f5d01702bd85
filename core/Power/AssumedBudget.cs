using NodaTime;

namespace Ebb.Core.Power;

/// <summary>What is assumed of a battery that says nothing of itself: what is not known is short.</summary>
public static class AssumedBudget
{
    /// <summary>A small UPS at half its load carries it about that long.</summary>
    public static readonly Duration Whole = Duration.FromMinutes(2);

    /// <summary>What is left of it; zero when that time has passed. Null: mains is on, and nothing runs out.</summary>
    public static Duration? Of(PowerState power, Instant now)
    {
        ArgumentNullException.ThrowIfNull(power);
        var failing = power.Supplies.Where(supply => supply.LastKnown == Mains.Battery).ToList();
        if (power.Mains == Mains.On || failing.Count == 0)
            return null;
        var since = failing.Select(supply => supply.Since).Max() ?? now;
        return Duration.Max(Whole - Duration.Max(now - since, Duration.Zero), Duration.Zero);
    }
}
