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

    /// <summary>With one more reading; null: the number was not in it.</summary>
    public Movement After(double? value) =>
        Moved || value is not { } number || First == number ? this : new Movement(First ?? number, First is not null);
}
