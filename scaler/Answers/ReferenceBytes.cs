using System.Buffers.Binary;
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
            if (!TryField(ref request, out var field, out var part))
                return false;
            if (field == 1 && found.IsEmpty)
                found = part;
            else if (field == 2)
                metric = part;
            else
                return false;
        }

        ReadOnlySpan<byte> name = default,
            space = default;
        var rest = found;
        var pairs = 0;
        while (rest.Length > 0)
        {
            if (!TryField(ref rest, out var field, out var part))
                return false;
            if (field == 1)
                name = part;
            else if (field == 2)
                space = part;
            else if (field != 3 || ++pairs > MostPairs)
                return false;
        }

        reference = new ReferenceBytes(name, space, found, pairs);
        return !name.IsEmpty;
    }

    /// <summary>Whether it is exactly what was packed. Keys that come twice are none of this one's business.</summary>
    public bool Says(ReadOnlySpan<byte> packed)
    {
        if (!Take(ref packed).SequenceEqual(Namespace) || !Take(ref packed).SequenceEqual(Name) || packed[0] != Pairs)
            return false;
        var pairs = packed[1..];
        var rest = Whole;
        var seen = 0u;
        while (rest.Length > 0)
        {
            if (!TryField(ref rest, out var field, out var entry))
                return false;
            if (field != 3)
                continue;
            ReadOnlySpan<byte> key = default,
                value = default;
            while (entry.Length > 0)
            {
                if (!TryField(ref entry, out var side, out var text))
                    return false;
                if (side == 1)
                    key = text;
                else if (side == 2)
                    value = text;
                else
                    return false;
            }

            var left = pairs;
            var found = false;
            for (var at = 0; at < Pairs && !found; at++)
            {
                var same = Take(ref left).SequenceEqual(key) & Take(ref left).SequenceEqual(value);
                if (!same)
                    continue;
                if ((seen & (1u << at)) != 0)
                    return false;
                seen |= 1u << at;
                found = true;
            }

            if (!found)
                return false;
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

    /// <summary>In one piece, for <see cref="Says"/>. With more pairs than are compared here it is what nothing says.</summary>
    public static byte[] Pack(string @namespace, string name, IReadOnlyDictionary<string, string> written)
    {
        using var packed = new MemoryStream();
        Put(packed, @namespace);
        Put(packed, name);
        packed.WriteByte(written.Count > MostPairs ? byte.MaxValue : (byte)written.Count);
        if (written.Count > MostPairs)
            return packed.ToArray();
        foreach (var (key, value) in written)
        {
            Put(packed, key);
            Put(packed, value);
        }

        return packed.ToArray();
    }

    private static void Put(MemoryStream packed, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        packed.Write(length);
        packed.Write(bytes);
    }

    private static ReadOnlySpan<byte> Take(scoped ref ReadOnlySpan<byte> packed)
    {
        var length = BinaryPrimitives.ReadInt32LittleEndian(packed);
        var part = packed.Slice(sizeof(int), length);
        packed = packed[(sizeof(int) + length)..];
        return part;
    }

    // A field with a length; any other kind is not expected here.
    private static bool TryField(scoped ref ReadOnlySpan<byte> rest, out int field, out ReadOnlySpan<byte> part)
    {
        field = rest[0] >> 3;
        part = default;
        if ((rest[0] & 0x87) != 2 || rest.Length < 2)
            return false;
        var (length, at, shift) = (0, 1, 0);
        for (; ; shift += 7)
        {
            if (at >= rest.Length || shift > 21)
                return false;
            length |= (rest[at] & 0x7f) << shift;
            if (rest[at++] < 0x80)
                break;
        }

        if (rest.Length - at < length)
            return false;
        part = rest.Slice(at, length);
        rest = rest[(at + length)..];
        return true;
    }
}
