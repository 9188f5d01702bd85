namespace Ebb.Simulation.Rules;

/// <summary>Generates names and UIDs that look random and are the same in every run.</summary>
internal sealed class NameGenerator(int seed)
{
    // As in Kubernetes: no vowels and nothing that is easily misread.
    private const string Alphabet = "bcdfghjklmnpqrstvwxz2456789";

    private readonly Random random = new(seed);

    public string Suffix(int length = 5) =>
        new([.. Enumerable.Range(0, length).Select(_ => Alphabet[random.Next(Alphabet.Length)])]);

    public string Uid()
    {
        Span<byte> bytes = stackalloc byte[16];
        random.NextBytes(bytes);
        bytes[7] = (byte)((bytes[7] & 0x0f) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
        return new Guid(bytes).ToString();
    }

    /// <summary>A number in [0, 1) that is always the same for a text.</summary>
    public static double Fraction(string text)
    {
        var hash = 2166136261u;
        foreach (var c in text)
        {
            hash = unchecked((hash ^ c) * 16777619u);
        }

        return (hash % 10_000) / 10_000.0;
    }

    public static string Hash(string text)
    {
        var hash = 14695981039346656037ul;
        foreach (var c in text)
        {
            hash = unchecked((hash ^ c) * 1099511628211ul);
        }

        return new([
            .. Enumerable.Range(0, 10).Select(i => Alphabet[(int)((hash >> (i * 6)) % (ulong)Alphabet.Length)]),
        ]);
    }
}
