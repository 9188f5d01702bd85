using NodaTime;
using NodaTime.TimeZones;

namespace Ebb.Core.Time.Windows;

/// <summary>
/// Where a local time lies on the time line when clocks change. In a gap it is the first instant after the gap; in an
/// overlap a start is the earlier of the two instants and an end the later. All in ticks (100 ns) since the Unix epoch,
/// without allocation.
/// </summary>
internal static class LocalTimeMapping
{
    private static readonly long Least = Instant.FromUtc(-9000, 1, 1, 0, 0).ToUnixTimeTicks();
    private static readonly long Most = Instant.FromUtc(9990, 1, 1, 0, 0).ToUnixTimeTicks();

    /// <summary>The instant of a start.</summary>
    /// <param name="zone">The zone.</param>
    /// <param name="local">Local ticks since 1970-01-01T00:00.</param>
    public static long Start(DateTimeZone zone, long local) => Find(zone, local, later: false);

    /// <summary>The instant of an end.</summary>
    /// <param name="zone">The zone.</param>
    /// <param name="local">Local ticks since 1970-01-01T00:00.</param>
    public static long End(DateTimeZone zone, long local) => Find(zone, local, later: true);

    /// <summary>Whether a local time can be told at all; beyond it nothing is ever in force.</summary>
    public static bool IsTellable(long local) => local > Least && local < Most;

    private static long Find(DateTimeZone zone, long local, bool later)
    {
        // A guess that is off by the offset lies in the right interval or next to it, since no two changes are that
        // close.
        var middle = zone.GetZoneInterval(Instant.FromUnixTimeTicks(local));
        var early = Fits(middle, local) ? middle : null;
        var late = early;
        if (
            middle.HasStart
            && zone.GetZoneInterval(middle.Start - Duration.Epsilon) is var before
            && Fits(before, local)
        )
        {
            early = before;
            late ??= before;
        }

        if (middle.HasEnd && zone.GetZoneInterval(middle.End) is var after && Fits(after, local))
        {
            early ??= after;
            late = after;
        }

        if ((later ? late : early) is { } interval)
            return local - interval.WallOffset.Ticks;
        // In the gap: it ends where the interval that is later on the clock begins.
        return middle.HasStart && local < middle.Start.ToUnixTimeTicks() + middle.WallOffset.Ticks
            ? middle.Start.ToUnixTimeTicks()
            : middle.End.ToUnixTimeTicks();
    }

    private static bool Fits(ZoneInterval interval, long local)
    {
        var instant = local - interval.WallOffset.Ticks;
        return (!interval.HasStart || instant >= interval.Start.ToUnixTimeTicks())
            && (!interval.HasEnd || instant < interval.End.ToUnixTimeTicks());
    }
}
