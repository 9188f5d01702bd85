namespace Ebb.Core.Waves;

/// <summary>What is said where <c>Power__Act=false</c>: nothing moves, so it is said what would.</summary>
public static class ObserveOnly
{
    /// <summary>Why nothing is done.</summary>
    public const string Setting = "Power__Act=false";

    /// <summary>The sentence.</summary>
    public static string Of(Direction direction, string reason) =>
        direction switch
        {
            Direction.Down => $"would go to sleep, observing only ({Setting}): {reason}",
            Direction.Up => $"would wake, observing only ({Setting}): {reason}",
            Direction.None => reason,
            _ => throw new ArgumentOutOfRangeException(nameof(direction), direction, "unexpected value"),
        };
}
