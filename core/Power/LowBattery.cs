using NodaTime;

namespace Ebb.Core.Power;

/// <summary>
/// What charge and runtime say of a low battery, beside LB. A number that is not believed says nothing.
/// </summary>
internal static class LowBattery
{
    /// <summary>Percent: LB above this, and above the device's own mark, is contradicted.</summary>
    private const double AmpleCharge = 50;

    /// <summary>LB above this, and above the device's own mark, is contradicted.</summary>
    private static readonly Duration AmpleRuntime = Duration.FromMinutes(5);

    /// <summary>Percent: a charge at or below this that never moves is not believed, whatever is asked of it.</summary>
    private const double LeastCharge = 30;

    /// <summary>A runtime at or below this that never moves is not believed.</summary>
    private static readonly Duration LeastRuntime = Duration.FromMinutes(1);

    /// <summary>
    /// A number that stands still for so long on battery says nothing of how far that is. A large battery at a small
    /// load loses a percent in less.
    /// </summary>
    public static readonly Duration StandsStillAfter = Duration.FromMinutes(5);

    /// <summary>Percent: at or below this a charge is low where the device names no mark of its own.</summary>
    private const double UsualChargeLow = 10;

    /// <summary>Charge or runtime is at or below the device's own threshold, or at its end.</summary>
    /// <param name="reading">The reading.</param>
    /// <param name="charge">Of its charge.</param>
    /// <param name="runtime">Of its runtime.</param>
    /// <param name="onBattery">Since when it is on battery.</param>
    public static bool IsBelowThreshold(UpsReading reading, Movement charge, Movement runtime, Instant? onBattery) =>
        (charge.Moved && IsLow(reading))
        || (runtime.Moved && reading.Runtime <= reading.RuntimeLow)
        || HasRunOut(reading, runtime, onBattery);

    /// <summary>The charge is at or below the device's own mark, or the usual one.</summary>
    public static bool IsLow(UpsReading reading) => reading.Charge <= (reading.ChargeLow ?? UsualChargeLow);

    /// <summary>
    /// The runtime has counted down to zero: it was another one on this battery before. A zero without that is a device
    /// that does not know.
    /// </summary>
    public static bool HasRunOut(UpsReading reading, Movement runtime, Instant? onBattery) =>
        reading.RuntimeAtZero && runtime.Moved && runtime.StandsSince >= onBattery;

    /// <summary>At least one of charge and runtime is believed, and none of them agrees with LB.</summary>
    public static bool IsContradicted(double? charge, Duration? runtime, UpsReading reading) =>
        (charge, runtime) is not (null, null)
        && !(charge <= Math.Max(reading.ChargeLow ?? 0, AmpleCharge))
        && !(runtime <= Duration.Max(reading.RuntimeLow ?? Duration.Zero, AmpleRuntime));

    /// <summary>A number that has stood still on battery for too long to be believed.</summary>
    /// <param name="movement">Of the number.</param>
    /// <param name="onBattery">Since when it is on battery; null: it is not, or nothing is heard.</param>
    /// <param name="now">The instant.</param>
    public static bool StandsStill(Movement movement, Instant? onBattery, Instant now) =>
        onBattery is { } began
        && movement.StandsSince is { } since
        && now - Instant.Max(began, since) >= StandsStillAfter;

    /// <summary>A charge that never moved and would make a battery low or hold waking.</summary>
    public static bool IsDoubted(Movement movement, UpsReading? reading, double restoreCharge) =>
        !movement.Moved
        && (reading?.Charge < restoreCharge || reading?.Charge <= Math.Max(reading?.ChargeLow ?? 0, LeastCharge));

    /// <summary>A runtime that never moved and would make a battery low.</summary>
    public static bool IsDoubted(Movement movement, UpsReading? reading) =>
        !movement.Moved && reading?.Runtime <= Duration.Max(reading?.RuntimeLow ?? Duration.Zero, LeastRuntime);
}
