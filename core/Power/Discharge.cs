using NodaTime;

namespace Ebb.Core.Power;

/// <summary>
/// How the battery is expected to empty, from what the UPS says now. All times count from the mains' failure.
/// </summary>
/// <param name="Spent">On battery for so long already.</param>
/// <param name="Charge">Percent, the least of all; null: not known.</param>
/// <param name="Runtime">What is reported, the least of all; null likewise.</param>
/// <param name="Load">Percent, the greatest of all; null likewise.</param>
/// <param name="Budget">How much of it may be trusted; null likewise.</param>
public sealed record Discharge(Duration Spent, double? Charge, Duration? Runtime, double? Load, Duration? Budget)
{
    /// <summary>Of the supplies that are on battery, or of all.</summary>
    public static Discharge Of(PowerState power, Instant now)
    {
        ArgumentNullException.ThrowIfNull(power);
        var failing = power.Supplies.Where(supply => supply.Mains == Mains.Battery).ToList();
        IReadOnlyList<Supply> asked = failing.Count > 0 ? failing : power.Supplies;
        var since = failing.Count > 0 ? failing.Select(supply => supply.Since).Max() : null;
        return new Discharge(
            since is { } began && began < now ? now - began : Duration.Zero,
            asked.Select(supply => supply.Charge).Min(),
            asked.Select(supply => supply.Runtime).Min(),
            asked.Select(supply => supply.Reading?.Load).Max(),
            power.Budget?.Remaining ?? power.Supplies.Select(supply => supply.Budget?.Remaining).Max()
        );
    }

    /// <summary>
    /// When the charge is below; an unknown charge does not wait. Null: how fast it falls is not known.
    /// </summary>
    public Duration? UntilCharge(double percent) =>
        Charge is not { } charge || charge < percent ? Spent
        : Runtime is { } runtime && charge > 0 ? Spent + (runtime * ((charge - percent) / charge))
        : null;

    /// <summary>When the reported runtime is below; an unknown one does not wait.</summary>
    public Duration? UntilRuntime(Duration least) =>
        Runtime is { } runtime ? Spent + Duration.Max(runtime - least, Duration.Zero) : Spent;

    /// <summary>When no more than this is left of the budget; null: it is not known.</summary>
    public Duration? UntilBudget(Duration needs) =>
        Budget is { } left ? Spent + Duration.Max(left - needs, Duration.Zero) : null;
}
