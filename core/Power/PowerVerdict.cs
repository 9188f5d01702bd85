using NodaTime;
using NodaTime.Text;

namespace Ebb.Core.Power;

/// <summary>What power asks of the cluster as a whole.</summary>
public enum PowerWish
{
    /// <summary>Leave everything as it stands: too early, or not known.</summary>
    Stay,

    /// <summary>Go to sleep, or stay asleep.</summary>
    Sleep,

    /// <summary>Be awake.</summary>
    Wake,
}

/// <summary>What power asks, and why.</summary>
/// <param name="Wish">What it asks.</param>
/// <param name="Urgent">With <see cref="PowerWish.Sleep"/>: a forced shutdown; waits between waves are skipped, their
/// order is not.</param>
/// <param name="Reason">One sentence.</param>
/// <param name="NextChange">When this may change without a new reading; null: only with one.</param>
public sealed record PowerVerdict(PowerWish Wish, bool Urgent, string Reason, Instant? NextChange = null)
{
    /// <summary>The server writes in whole seconds when an order was stored.</summary>
    private static readonly Duration StoredWithin = Duration.FromSeconds(1);

    /// <summary>One UPS by itself.</summary>
    /// <param name="supply">As it is known now.</param>
    /// <param name="settings">How it is judged.</param>
    /// <param name="acknowledged">When a person last asked for restore, in whole seconds: an FSD or a silence from
    /// before that is answered; null: never.</param>
    /// <param name="needed">How long a whole shutdown is expected to take; null: not known.</param>
    /// <param name="now">The instant of the judgement.</param>
    public static PowerVerdict Of(
        Supply supply,
        PowerSettings settings,
        Instant? acknowledged,
        Duration? needed,
        Instant now
    )
    {
        ArgumentNullException.ThrowIfNull(supply);
        ArgumentNullException.ThrowIfNull(settings);
        if (supply.OrderedAt is { } ordered && !(ordered <= acknowledged))
            return Sleep(true, $"{supply.Ups}: forced shutdown");
        return supply.LastKnown switch
        {
            Mains.Battery => OnBattery(supply, settings, acknowledged, needed, now),
            Mains.On => OnMains(supply, settings, acknowledged, now),
            Mains.Unknown => Stay($"{supply.Ups}: nothing known of its power yet"),
            _ => throw new ArgumentOutOfRangeException(nameof(supply), supply.LastKnown, "unexpected value"),
        };
    }

    private static PowerVerdict OnBattery(
        Supply supply,
        PowerSettings settings,
        Instant? acknowledged,
        Duration? needed,
        Instant now
    )
    {
        var since = supply.Since ?? now;
        var silence = Earlier(supply.LostSince, supply.DoubtSince);
        // Who asks for restore in the silence knows better; as soon as OB is heard again there is no silence.
        if (silence < acknowledged + StoredWithin)
            return Stay(
                $"{supply.Ups}: on battery when last heard, and nothing certain since {At(silence.Value)}; "
                    + "a person has asked for restore since then"
            );
        if (silence is { } quiet && now - quiet >= settings.DeadTime)
            return Sleep(false, $"{supply.Ups}: on battery when last heard, and nothing certain since {At(quiet)}");
        if (supply.Battery == BatteryLevel.Low)
            return Sleep(false, $"{supply.Ups}: battery low");
        // Time that nothing was known in does not count as time on battery.
        var counted = (silence ?? now) - since;
        if (counted >= settings.OnBatteryFor)
            return Sleep(false, $"{supply.Ups}: on battery since {At(since)}");
        if (supply.Budget is { } budget && needed is { } length && budget.Remaining < length)
            return Sleep(
                false,
                $"{supply.Ups}: on battery, and its budget is shorter than a shutdown takes ({Seconds(length)})"
            );
        return silence is { } began
            ? Stay($"{supply.Ups}: on battery when last heard, no contact since {At(began)}", began + settings.DeadTime)
            : Stay($"{supply.Ups}: on battery since {At(since)}", since + settings.OnBatteryFor);
    }

    private static PowerVerdict OnMains(Supply supply, PowerSettings settings, Instant? acknowledged, Instant now)
    {
        if (supply.LostSince is { } lost)
            return Stay($"{supply.Ups}: on mains when last heard, no contact since {At(lost)}");
        if (supply.DoubtSince is { } doubt)
            return Stay($"{supply.Ups}: its status cannot be told since {At(doubt)}");
        if (supply.ForcedSince is { } forced && !(forced <= acknowledged))
            return Stay(
                $"{supply.Ups}: on mains, but a forced shutdown (FSD) is latched: restart upsd or ask for restore; "
                    + "if the device always says FSD, set Power__IgnoreFlags=FSD"
            );
        var since = supply.Since ?? now;
        if (now - since < settings.MainsFor)
            return Stay($"{supply.Ups}: on mains since {At(since)}", since + settings.MainsFor);
        if (supply.Charge is not { } charge)
            return new PowerVerdict(
                PowerWish.Wake,
                false,
                $"{supply.Ups}: on mains (charge not {(supply.ChargeDoubted ? "believed" : "known")}: time alone decides)"
            );
        return charge < settings.RestoreCharge
            ? Stay(
                FormattableString.Invariant(
                    $"{supply.Ups}: on mains, charge is below the {settings.RestoreCharge:0.#} % needed to wake"
                )
            )
            : new PowerVerdict(PowerWish.Wake, false, $"{supply.Ups}: on mains");
    }

    private static PowerVerdict Sleep(bool urgent, string reason) => new(PowerWish.Sleep, urgent, reason);

    private static PowerVerdict Stay(string reason, Instant? until = null) => new(PowerWish.Stay, false, reason, until);

    private static Instant? Earlier(Instant? a, Instant? b) =>
        a is null ? b
        : b is null || a < b ? a
        : b;

    /// <summary>
    /// An instant and not a span: a reason must not change while nothing changes, or it would be written again and
    /// again.
    /// </summary>
    private static string At(Instant instant) => InstantPattern.General.Format(instant);

    private static string Seconds(Duration duration) => FormattableString.Invariant($"{duration.TotalSeconds:0} s");
}
