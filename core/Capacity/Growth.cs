using NodaTime;

namespace Ebb.Core.Capacity;

/// <summary>
/// Where a count stands that follows what fits. Immutable; the next one follows from it, what fits, and the instant.
/// </summary>
/// <param name="Count">Replicas.</param>
/// <param name="GrewAt">When it last grew, or began.</param>
/// <param name="LostAt">Since when it is not known what fits; null: it is known.</param>
/// <param name="Reason">Why it is what it is, in a few words.</param>
public sealed record Growth(int Count, Instant GrewAt, Instant? LostAt, string Reason)
{
    /// <summary>
    /// Begins with what runs already, as far as it fits: a process that is started anew must not begin at nothing.
    /// </summary>
    /// <param name="running">Replicas that the workload has.</param>
    /// <param name="now">The instant.</param>
    public static Growth From(int running, Instant now) => new(Math.Max(0, running), now, null, "as found");

    /// <summary>
    /// The size that follows. It shrinks at once; it grows after each period by one step at most, and not at all for
    /// one replica more, so that a pod that comes and goes does not move it (from 0 it grows for one). When it is not
    /// known what fits it holds, and after <see cref="GrowthSettings.TrustFor"/> it gives back one step each period.
    /// </summary>
    /// <param name="fits">How many fit; null: not known.</param>
    /// <param name="settings">How fast.</param>
    /// <param name="now">The instant.</param>
    /// <param name="isClearing">
    /// Room is being made for a pending pod where it may go: it does not grow, since one more replica could be put
    /// there.
    /// </param>
    public Growth Next(int? fits, GrowthSettings settings, Instant now, bool isClearing = false)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (fits is not { } room)
            return Blind(settings, now);
        if (LostAt is not null)
            return (this with { LostAt = null, GrewAt = now }).Next(fits, settings, now, isClearing);
        if (room < Count)
            return new Growth(room, now, null, "yields");
        if (room - Count is 0)
            return this with { Reason = "full" };
        if (room - Count is 1 && Count > 0)
            return this with { Reason = "one more would fit, which moves nothing" };
        if (isClearing)
            return this with { Reason = "does not grow while room is made for a pending pod" };
        if (now < GrewAt + settings.Period)
            return this with { Reason = "waits to grow" };
        return new Growth(Math.Min(room, Count + settings.StepFor(room)), now, null, "grows");
    }

    /// <summary>When <see cref="Next"/> may give another count although nothing changed; null: never.</summary>
    /// <param name="fits">How many fit; null: not known.</param>
    /// <param name="settings">How fast.</param>
    /// <param name="isClearing">As <see cref="Next"/> was told.</param>
    public Instant? NextChange(int? fits, GrowthSettings settings, bool isClearing = false)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (fits is { } room)
            return isClearing ? null
                : room - Count > 1 || (room > 0 && Count == 0) ? GrewAt + settings.Period
                : null;
        return Count > 0 && LostAt is not null ? GrewAt : null;
    }

    // While nothing is known GrewAt says when the next step back is due.
    private Growth Blind(GrowthSettings settings, Instant now)
    {
        if (LostAt is not { } lost)
            return new Growth(Count, now + settings.TrustFor, now, "holds: it is not known what fits");
        if (now < GrewAt || Count == 0)
            return this;
        var steps = 1 + (int)Math.Min(1_000_000, (now - GrewAt) / settings.Period);
        var count = Count;
        for (var i = 0; i < steps && count > 0; i++)
            count = Math.Max(0, count - settings.StepFor(count));
        return new Growth(
            count,
            GrewAt + (settings.Period * steps),
            lost,
            "gives back: it has not been known for too long what fits"
        );
    }
}
