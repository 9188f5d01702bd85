using NodaTime;

namespace Ebb.Core.Power;

/// <summary>How the charge rises on mains.</summary>
/// <param name="Highest">Percent, the most since mains is on without a break.</param>
/// <param name="At">When that was read first.</param>
public sealed record Recharge(double Highest, Instant At)
{
    /// <summary>
    /// A charge that does not rise on mains for so long is a battery at its end, or a guess. A large one takes a
    /// quarter of an hour for a percent.
    /// </summary>
    public static readonly Duration GivenUpAfter = Duration.FromMinutes(30);

    /// <summary>With one more reading; null: the charge was not in it.</summary>
    public static Recharge? After(Recharge? past, double? charge, Instant at) =>
        charge is { } percent && !(percent <= past?.Highest) ? new Recharge(percent, at) : past;
}
