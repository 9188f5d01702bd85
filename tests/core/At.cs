namespace Ebb.Core.Tests;

/// <summary>Instants of the tests: seconds after an arbitrary beginning.</summary>
internal static class At
{
    public static readonly Instant Zero = Instant.FromUtc(2026, 1, 15, 12, 0);

    public static Instant Second(double seconds) => Zero + Duration.FromSeconds(seconds);
}
