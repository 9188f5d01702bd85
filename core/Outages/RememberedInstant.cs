using Ebb.Core.Power;
using Ebb.Core.Waves;
using NodaTime;

namespace Ebb.Core.Outages;

/// <summary>
/// Instants that another process has stored. One that lies in the future was stored by a clock that ran ahead, or is
/// read by one that is behind, as on a machine without a battery behind its clock: it counts as long past.
/// </summary>
public static class RememberedInstant
{
    private static readonly Duration Long = Duration.FromDays(7);

    /// <summary>The instant, or one long before <paramref name="now"/> where it lies after that.</summary>
    public static Instant? At(Instant? remembered, Instant now) => remembered > now ? now - Long : remembered;

    /// <summary>The same for everything that is waited for in an outage.</summary>
    public static OutageProgress At(OutageProgress remembered, Instant now)
    {
        ArgumentNullException.ThrowIfNull(remembered);
        return remembered with
        {
            TurnedAt = At(remembered.TurnedAt, now),
            Waves =
            [
                .. remembered.Waves.Select(w => w with { Began = At(w.Began, now)!.Value, Left = At(w.Left, now) }),
            ],
        };
    }

    /// <summary>The same for a UPS.</summary>
    public static SupplyMemory At(SupplyMemory remembered, Instant now)
    {
        ArgumentNullException.ThrowIfNull(remembered);
        return remembered with
        {
            Since = At(remembered.Since, now),
            ForcedSince = At(remembered.ForcedSince, now),
            OrderedAt = At(remembered.OrderedAt, now),
            OffSince = At(remembered.OffSince, now),
            // A silence that counted as long past would be answered by a restore of days ago.
            LostSince = remembered.LostSince > now ? now : remembered.LostSince,
            DoubtSince = remembered.DoubtSince > now ? now : remembered.DoubtSince,
        };
    }
}
