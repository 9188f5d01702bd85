using System.Text;

namespace Ebb.Tests.Scaler.Wire;

/// <summary>
/// Reads a header block of a peer that was told to keep no table (RFC 7541); what is not needed for that throws.
/// </summary>
internal static class Hpack
{
    // The static table as far as responses use it.
    private static readonly Dictionary<int, (string Name, string Value)> Known = new()
    {
        [8] = (":status", "200"),
        [9] = (":status", "204"),
        [10] = (":status", "206"),
        [11] = (":status", "304"),
        [12] = (":status", "400"),
        [13] = (":status", "404"),
        [14] = (":status", "500"),
        [22] = ("allow", ""),
        [28] = ("content-length", ""),
        [31] = ("content-type", ""),
        [33] = ("date", ""),
        [54] = ("server", ""),
    };

    public static Dictionary<string, string> Read(byte[] block)
    {
        Dictionary<string, string> headers = [];
        for (var at = 0; at < block.Length; )
        {
            var first = block[at];
            if ((first & 0x80) != 0)
            {
                var (name, value) = Known[Number(block, ref at, 7)];
                headers[name] = value;
            }
            else if ((first & 0xe0) == 0x20)
                Number(block, ref at, 5);
            else
            {
                var index = Number(block, ref at, (first & 0x40) != 0 ? 6 : 4);
                var name = index == 0 ? Text(block, ref at) : Known[index].Name;
                headers[name] = Text(block, ref at);
            }
        }

        return headers;
    }

    private static int Number(byte[] block, ref int at, int bits)
    {
        var most = (1 << bits) - 1;
        var value = block[at++] & most;
        if (value < most)
            return value;
        for (var shift = 0; ; shift += 7)
        {
            var unit = block[at++];
            value += (unit & 0x7f) << shift;
            if (unit < 0x80)
                return value;
        }
    }

    private static string Text(byte[] block, ref int at)
    {
        if ((block[at] & 0x80) != 0)
            throw new InvalidDataException("a text in Huffman's code");
        var length = Number(block, ref at, 7);
        at += length;
        return Encoding.ASCII.GetString(block, at - length, length);
    }
}
