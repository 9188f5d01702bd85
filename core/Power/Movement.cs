using NodaTime;

namespace Ebb.Core.Power;

/// <summary>
/// Whether a number that a device reports was ever another one than at first: one that never moves is a guess of its
/// driver.
/// </summary>
/// <param name="First">What was read first; null: nothing yet.</param>
/// <param name="Moved">Another one was read since.</param>
public sealed record Movement(double? First, bool Moved)
{
    /// <summary>Nothing was read yet.</summary>
    public static readonly Movement None = new(null, false);

    /// <summary>What was read last; null: nothing yet.</summary>
    public double? Last { get; init; }

    /// <summary>When <see cref="Last"/> was read first; null: nothing was read yet.</summary>
    public Instant? StandsSince { get; init; }

    /// <summary>With one more reading; null: the number was not in it.</summary>
    public Movement After(double? value, Instant at) =>
        value is not { } number || Last == number
            ? this
            : new Movement(First ?? number, Moved || (First is { } first && first != number))
            {
                Last = number,
                StandsSince = at,
            };
}
