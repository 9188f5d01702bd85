using System.Text;

namespace Ebb.Tests.Fuzzing;

/// <summary>
/// Inputs made of right ones: cut, doubled, spliced, with characters and pieces of the format anywhere.
/// </summary>
/// <param name="random">The same seed makes the same inputs.</param>
/// <param name="seeds">The right ones.</param>
/// <param name="pieces">What means something in the format.</param>
internal sealed class Mutations(Random random, IReadOnlyList<string> seeds, IReadOnlyList<string> pieces)
{
    /// <summary>One input in so many is long: a piece many times over.</summary>
    private const int Long = 1000;

    public string Next()
    {
        if (random.Next(50) == 0)
            return Noise(random.Next(5000));
        var text = new StringBuilder(Seed());
        for (var changes = random.Next(1, 8); changes > 0 && text.Length > 0; changes--)
            Change(text);
        return text.ToString();
    }

    private void Change(StringBuilder text)
    {
        var at = random.Next(text.Length);
        switch (random.Next(8))
        {
            case 0:
                text[at] = (char)random.Next(256);
                break;
            case 1:
                text.Remove(at, Length(text, at, 20));
                break;
            case 2:
                text.Insert(at, Noise(random.Next(8)));
                break;
            case 3:
                text.Length = at;
                break;
            case 4:
                text.Insert(at, text.ToString(at, Length(text, at, 40)));
                break;
            case 5:
                var length = Length(text, at, 20);
                text.Remove(at, length).Insert(at, Piece());
                break;
            case 6:
                var other = Seed();
                text.Insert(at, other[random.Next(other.Length)..]);
                break;
            default:
                text.Insert(
                    at,
                    random.Next(Long) == 0 ? string.Concat(Enumerable.Repeat(Piece(), random.Next(20_000))) : Piece()
                );
                break;
        }
    }

    private string Seed() => seeds[random.Next(seeds.Count)];

    private string Piece() => pieces[random.Next(pieces.Count)];

    private int Length(StringBuilder text, int at, int most) => random.Next(Math.Min(most, text.Length - at) + 1);

    private string Noise(int length)
    {
        var noise = new char[length];
        for (var i = 0; i < length; i++)
            noise[i] = (char)random.Next(random.Next(20) == 0 ? 0x10000 : 256);
        return new string(noise);
    }
}
