using System.Text;

namespace Ebb.Scaler.Answers;

/// <summary>
/// A ScaledObjectRef as its bytes lie in a request, compared without making a text of any: thousands of calls a second carry the same
/// metadata, in an order that is another each time.
/// </summary>
internal readonly ref struct ReferenceBytes
{
    private const int MostPairs = 32;

    private ReferenceBytes(ReadOnlySpan<byte> name, ReadOnlySpan<byte> @namespace, ReadOnlySpan<byte> whole, int pairs)
    {
        Name = name;
        Namespace = @namespace;
        Whole = whole;
        Pairs = pairs;
    }

    public ReadOnlySpan<byte> Name { get; }

    public ReadOnlySpan<byte> Namespace { get; }

    public ReadOnlySpan<byte> Whole { get; }

    public int Pairs { get; }

    /// <summary>A GetMetricsRequest; false: it holds something that is not expected, and Google.Protobuf must look.</summary>
    public static bool TryRead(ReadOnlySpan<byte> request, out ReferenceBytes reference, out ReadOnlySpan<byte> metric)
    {
        reference = default;
        metric = default;
        ReadOnlySpan<byte> found = default;
        while (request.Length > 0)
        {
            if (!TryField(ref request, out var field, out var part)) return false;
            if (field == 1 && found.IsEmpty) found = part;
            else if (field == 2) metric = part;
            else return false;
        }

        ReadOnlySpan<byte> name = default, space = default;
        var rest = found;
        var pairs = 0;
        while (rest.Length > 0)
        {
            if (!TryField(ref rest, out var field, out var part)) return false;
            if (field == 1) name = part;
            else if (field == 2) space = part;
            else if (field != 3 || ++pairs > MostPairs) return false;
        }

        reference = new ReferenceBytes(name, space, found, pairs);
        return !name.IsEmpty;
    }

    /// <summary>Whether the metadata is exactly these pairs. Keys that come twice are none of this one's business.</summary>
    public bool Says((byte[] Key, byte[] Value)[] written)
    {
        if (Pairs != written.Length) return false;
        var rest = Whole;
        var seen = 0u;
        while (rest.Length > 0)
        {
            if (!TryField(ref rest, out var field, out var entry)) return false;
            if (field != 3) continue;
            ReadOnlySpan<byte> key = default, value = default;
            while (entry.Length > 0)
            {
                if (!TryField(ref entry, out var side, out var text)) return false;
                if (side == 1) key = text;
                else if (side == 2) value = text;
                else return false;
            }

            var at = 0;
            while (at < written.Length && !(key.SequenceEqual(written[at].Key) && value.SequenceEqual(written[at].Value))) at++;
            if (at == written.Length || (seen & (1u << at)) != 0) return false;
            seen |= 1u << at;
        }

        return true;
    }

    public static int Hash(ReadOnlySpan<byte> @namespace, ReadOnlySpan<byte> name)
    {
        var hash = new HashCode();
        hash.AddBytes(@namespace);
        hash.AddBytes(name);
        return hash.ToHashCode();
    }

    public static (byte[] Key, byte[] Value)[] Of(IReadOnlyDictionary<string, string> written) =>
        [.. written.Select(pair => (Encoding.UTF8.GetBytes(pair.Key), Encoding.UTF8.GetBytes(pair.Value)))];

    // A field with a length; any other kind is not expected here.
    private static bool TryField(scoped ref ReadOnlySpan<byte> rest, out int field, out ReadOnlySpan<byte> part)
    {
        field = rest[0] >> 3;
        part = default;
        if ((rest[0] & 0x87) != 2 || rest.Length < 2) return false;
        var (length, at, shift) = (0, 1, 0);
        for (; ; shift += 7)
        {
            if (at >= rest.Length || shift > 21) return false;
            length |= (rest[at] & 0x7f) << shift;
            if (rest[at++] < 0x80) break;
        }

        if (rest.Length - at < length) return false;
        part = rest.Slice(at, length);
        rest = rest[(at + length)..];
        return true;
    }
}
