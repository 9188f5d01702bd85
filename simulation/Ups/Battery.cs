namespace Ebb.Simulation.Ups;

/// <summary>
/// A battery between two events: it discharges or charges at a constant rate since a known instant, so its charge at
/// any instant is computed and no timer is needed.
/// </summary>
/// <param name="Since">When this state began.</param>
/// <param name="ChargeThen">Percent at that moment.</param>
/// <param name="OnMains">Charging, or carrying the load.</param>
/// <param name="FullRuntime">How long a full battery really carries the present load.</param>
/// <param name="FullRecharge">How long an empty one takes to fill.</param>
internal readonly record struct Battery(
    DateTimeOffset Since,
    double ChargeThen,
    bool OnMains,
    TimeSpan FullRuntime,
    TimeSpan FullRecharge
)
{
    internal double ChargeAt(DateTimeOffset instant)
    {
        var passed = Math.Max(0, (instant - Since).TotalSeconds);
        var change = 100 * passed / (OnMains ? FullRecharge : FullRuntime).TotalSeconds;
        return Math.Clamp(OnMains ? ChargeThen + change : ChargeThen - change, 0, 100);
    }

    /// <summary>When the charge is <paramref name="percent"/>; null when it is not reached in this state.</summary>
    internal DateTimeOffset? WhenAt(double percent)
    {
        var way = OnMains ? percent - ChargeThen : ChargeThen - percent;
        return way <= 0 ? null : Since + (OnMains ? FullRecharge : FullRuntime) * (way / 100);
    }

    /// <summary>The same battery from now on in another state.</summary>
    internal Battery At(DateTimeOffset now) => this with { Since = now, ChargeThen = ChargeAt(now) };
}
