using System.Buffers.Binary;
using System.Text;

namespace Ebb.Simulation.World.Keda;

/// <summary>The messages of KEDA's external scaler on the wire of Protocol Buffers, by hand.</summary>
internal static class ExternalScalerCodec
{
    private const int Varint = 0;
    private const int Fixed64 = 1;
    private const int Bytes = 2;

    public static byte[] WriteRef(ScalerQuestion question)
    {
        ArgumentNullException.ThrowIfNull(question);
        using var message = new MemoryStream();
        Text(message, 1, question.Name);
        Text(message, 2, question.Namespace);
        foreach (var (key, value) in question.Metadata)
        {
            using var entry = new MemoryStream();
            Text(entry, 1, key);
            Text(entry, 2, value);
            Part(message, 3, entry.ToArray());
        }

        return message.ToArray();
    }

    public static byte[] WriteMetricsRequest(ScalerQuestion question, string metric)
    {
        using var message = new MemoryStream();
        Part(message, 1, WriteRef(question));
        Text(message, 2, metric);
        return message.ToArray();
    }

    public static bool ReadIsActive(byte[] message) => Fields(message).Any(f => f is { Number: 1, Whole: not 0 });

    public static IReadOnlyList<ScalerMetric> ReadSpecs(byte[] message) =>
        [
            .. Fields(message)
                .Where(f => f.Number == 1)
                .Select(f => Fields(f.Part).ToList())
                .Select(spec => new ScalerMetric(
                    spec.Where(f => f.Number == 1).Select(f => Encoding.UTF8.GetString(f.Part)).FirstOrDefault(""),
                    Number(spec)
                )),
        ];

    public static double ReadValue(byte[] message) =>
        Fields(message).Where(f => f.Number == 1).Select(f => Number([.. Fields(f.Part)])).First();

    // As KEDA: the float unless it is 0, else the integer of older scalers.
    private static double Number(List<Field> fields)
    {
        var real = fields
            .Where(f => f.Number == 3)
            .Select(f => BitConverter.Int64BitsToDouble(f.Whole))
            .FirstOrDefault();
        return real > 0 ? real : fields.Where(f => f.Number == 2).Select(f => f.Whole).FirstOrDefault();
    }

    private static IEnumerable<Field> Fields(byte[] message)
    {
        for (var at = 0; at < message.Length; )
        {
            var tag = Read(message, ref at);
            switch ((int)(tag & 7))
            {
                case Varint:
                    yield return new Field((int)(tag >> 3), Read(message, ref at), []);
                    break;
                case Fixed64:
                    yield return new Field(
                        (int)(tag >> 3),
                        BinaryPrimitives.ReadInt64LittleEndian(message.AsSpan(at)),
                        []
                    );
                    at += 8;
                    break;
                case Bytes:
                    var length = (int)Read(message, ref at);
                    yield return new Field((int)(tag >> 3), 0, message[at..(at + length)]);
                    at += length;
                    break;
                default:
                    throw new InvalidOperationException(
                        "rpc error: code = Internal desc = grpc: failed to unmarshal the received message"
                    );
            }
        }
    }

    private static long Read(byte[] message, ref int at)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var unit = message[at++];
            value |= (ulong)(unit & 0x7f) << shift;
            if (unit < 0x80)
            {
                return (long)value;
            }
        }
    }

    private static void Text(MemoryStream into, int number, string text)
    {
        if (text.Length > 0)
        {
            Part(into, number, Encoding.UTF8.GetBytes(text));
        }
    }

    private static void Part(MemoryStream into, int number, byte[] part)
    {
        Number(into, (ulong)((number << 3) | Bytes));
        Number(into, (ulong)part.Length);
        into.Write(part);
    }

    private static void Number(MemoryStream into, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            into.WriteByte((byte)(value | 0x80));
        }

        into.WriteByte((byte)value);
    }

    private readonly record struct Field(int Number, long Whole, byte[] Part);
}
