using NodaTime;

namespace Ebb.Core.Time.Windows;

/// <summary>Compares what two versions of the time zone data say of one zone.</summary>
public static class ZoneRules
{
    /// <summary>
    /// The first instant at which clocks show different times, and by how much each is off UTC; null: none.
    /// </summary>
    /// <param name="one">The zone by one version.</param>
    /// <param name="other">The same by another.</param>
    /// <param name="from">Included.</param>
    /// <param name="to">Excluded.</param>
    public static (Instant At, Offset One, Offset Other)? FirstDifference(
        DateTimeZone one,
        DateTimeZone other,
        Instant from,
        Instant to
    )
    {
        ArgumentNullException.ThrowIfNull(one);
        ArgumentNullException.ThrowIfNull(other);
        // Each turn goes on to the next change of clocks in either.
        for (var at = from; at < to; )
        {
            var (left, right) = (one.GetZoneInterval(at), other.GetZoneInterval(at));
            if (left.WallOffset != right.WallOffset)
                return (at, left.WallOffset, right.WallOffset);
            at = Instant.Min(left.HasEnd ? left.End : Instant.MaxValue, right.HasEnd ? right.End : Instant.MaxValue);
        }

        return null;
    }
}
