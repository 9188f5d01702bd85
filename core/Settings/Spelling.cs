namespace Ebb.Core.Settings;

/// <summary>Finds the name that was probably meant.</summary>
public static class Spelling
{
    /// <summary>Two letters may be wrong: more, and it is another name.</summary>
    public const int MostWrongLetters = 2;

    /// <summary>The known name with the fewest wrong letters, whatever the case; null: none is near enough.</summary>
    public static string? Nearest(string name, IEnumerable<string> known)
    {
        ArgumentNullException.ThrowIfNull(name);
        return known
            .Select(one => (Name: one, Wrong: WrongLetters(one, name)))
            .Where(found => found.Wrong <= MostWrongLetters)
            .OrderBy(found => found.Wrong)
            .ThenBy(found => found.Name, StringComparer.Ordinal)
            .Select(found => found.Name)
            .FirstOrDefault();
    }

    /// <summary>Letters to change, add or leave out until one is the other.</summary>
    private static int WrongLetters(string one, string other)
    {
        if (Math.Abs(one.Length - other.Length) > MostWrongLetters)
            return int.MaxValue;
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            var before = row[0];
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                var same = char.ToUpperInvariant(one[i - 1]) == char.ToUpperInvariant(other[j - 1]);
                (before, row[j]) = (row[j], Math.Min(before + (same ? 0 : 1), Math.Min(row[j], row[j - 1]) + 1));
            }
        }

        return row[^1];
    }
}
