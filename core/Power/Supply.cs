using NodaTime;

namespace Ebb.Core.Power;

/// <summary>Where the load gets its power from.</summary>
public enum Mains
{
    /// <summary>Not known: nothing heard, or a status that says neither or both.</summary>
    Unknown,

    /// <summary>From the mains; a calibration counts as this, because the mains is there.</summary>
    On,

    /// <summary>From the battery, because the mains is gone.</summary>
    Battery,
}

/// <summary>How the battery is, as far as the device is to be believed.</summary>
public enum BatteryLevel
{
    /// <summary>Not known; a low battery seen once, or reported on mains, is this too.</summary>
    Unknown,

    /// <summary>Nothing says low.</summary>
    Good,

    /// <summary>
    /// Reported low, or at or below the device's own threshold of charge or runtime, while on battery, by two fresh
    /// readings in a row.
    /// </summary>
    Low,
}

/// <summary>
/// One UPS as it is known now. The axes are separate, so that a step for the worse on one never reads as recovery on
/// another.
/// </summary>
public sealed record Supply
{
    /// <summary>Its name.</summary>
    public required string Ups { get; init; }

    /// <summary>What is known now; <see cref="Mains.Unknown"/> while contact is lost.</summary>
    public required Mains Mains { get; init; }

    /// <summary>What was known last, contact lost or not.</summary>
    public required Mains LastKnown { get; init; }

    /// <summary>
    /// Since when <see cref="LastKnown"/> holds without a break; null: never known. Nothing certain for
    /// <see cref="PowerSettings.DeadTime"/> is a break of mains.
    /// </summary>
    public Instant? Since { get; init; }

    /// <summary>The battery axis.</summary>
    public BatteryLevel Battery { get; init; }

    /// <summary>Since when FSD is seen set; null: it is not. It is a latch: it says nothing about now.</summary>
    public Instant? ForcedSince { get; init; }

    /// <summary>
    /// Since when FSD stands that counts as an order: seen to begin, or seen together with OB. Null for a mere latch.
    /// </summary>
    public Instant? OrderedAt { get; init; }

    /// <summary>Null while at least one source answers with a status; else since when none does.</summary>
    public Instant? LostSince { get; init; }

    /// <summary>
    /// Since when neither mains nor battery can be told although something was known before; null while it can be told.
    /// </summary>
    public Instant? DoubtSince { get; init; }

    /// <summary>Since when its status says OFF or BYPASS; null: the last one did not.</summary>
    public Instant? OffSince { get; init; }

    /// <summary>On battery on purpose, with the mains there.</summary>
    public bool Calibrating { get; init; }

    /// <summary>The last reading, with what its source leaves out from the next one; null: none ever.</summary>
    public UpsReading? Reading { get; init; }

    /// <summary>
    /// The charge has never moved since it was first read, and is too low to be believed without that; or it stands
    /// still on battery; or it does not rise on mains.
    /// </summary>
    public bool ChargeDoubted { get; init; }

    /// <summary>
    /// The runtime has never moved and is too low to be believed without that; or it stands still on battery.
    /// </summary>
    public bool RuntimeDoubted { get; init; }

    /// <summary>Percent of charge; null: not known, or not believed.</summary>
    public double? Charge => ChargeDoubted ? null : Reading?.Charge;

    /// <summary>What the device promises; null: not known, or not believed.</summary>
    public Duration? Runtime => RuntimeDoubted ? null : Reading?.Runtime;

    /// <summary>What the battery may still carry; null: not known, behave as if short.</summary>
    public Budget? Budget { get; init; }

    /// <summary>
    /// What a person should know: alarms, sources that disagree, configuration errors, a latch and its remedy.
    /// </summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}
