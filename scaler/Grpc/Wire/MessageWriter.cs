using System.Buffers;
using System.Buffers.Binary;
using Google.Protobuf;

namespace Ebb.Scaler.Grpc.Wire;

/// <summary>Writes a message with its prefix, uncompressed; nothing is flushed, so that headers, message and trailers leave in one packet.</summary>
internal static class MessageWriter
{
    private const int Prefix = 5;

    /// <summary>The message with its prefix, to be sent again and again.</summary>
    public static byte[] Frame(IMessage message)
    {
        var into = new ArrayBufferWriter<byte>();
        Write(into, message);
        return into.WrittenSpan.ToArray();
    }

    public static void Write(IBufferWriter<byte> into, IMessage message)
    {
        var length = message.CalculateSize();
        var span = into.GetSpan(Prefix + length)[..(Prefix + length)];
        span[0] = 0;
        BinaryPrimitives.WriteInt32BigEndian(span[1..], length);
        message.WriteTo(span[Prefix..]);
        into.Advance(Prefix + length);
    }
}
