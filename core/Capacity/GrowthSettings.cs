using NodaTime;

namespace Ebb.Core.Capacity;

/// <summary>How fast a count may follow what fits.</summary>
/// <param name="Step">Replicas at most in one period, 1 or more; null when <paramref name="Percent"/> says it.</param>
/// <param name="Percent">Percent of what fits in one period, rounded up; 1 to 100.</param>
/// <param name="Period">Between two steps up; more than 0.</param>
/// <param name="TrustFor">How long the last numbers are used after they cannot be read any more.</param>
public sealed record GrowthSettings(int? Step, int Percent, Duration Period, Duration TrustFor)
{
    /// <summary>A tenth of what fits each minute; five minutes of trust.</summary>
    public static readonly GrowthSettings Default = new(null, 10, Duration.FromMinutes(1), Duration.FromMinutes(5));

    /// <summary>The greatest step for what fits.</summary>
    public int StepFor(int fits) => Step ?? Math.Max(1, (int)(((long)fits * Percent + 99) / 100));
}
