using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Pipelines;

namespace Ebb.Scaler.Grpc.Wire;

/// <summary>
/// Takes exactly one length-prefixed message off a request: a flag byte, four bytes of length, the message, and then the end. Sizes
/// are refused from the prefix, before anything is buffered.
/// </summary>
internal static class MessageReader
{
    private const int Prefix = 5;

    /// <summary>False: more must come; the reader was advanced.</summary>
    /// <exception cref="RpcException">It is not one message, or too large.</exception>
    public static bool TryTake(
        PipeReader reader,
        ReadResult result,
        MessageEncoding encoding,
        int most,
        out MessageFrame frame
    )
    {
        var buffer = result.Buffer;
        frame = default;
        if (result.IsCanceled)
            return false;
        if (buffer.Length < Prefix)
        {
            if (!result.IsCompleted)
                return More(reader, buffer);
            throw Broken(buffer.IsEmpty ? "there is no message" : "the message's header is cut off");
        }

        Span<byte> head = stackalloc byte[Prefix];
        buffer.Slice(0, Prefix).CopyTo(head);
        var length = BinaryPrimitives.ReadUInt32BigEndian(head[1..]);
        if (head[0] > 1)
            throw Broken("the compressed flag is neither 0 nor 1");
        if (head[0] == 1 && encoding == MessageEncoding.Identity)
            throw Broken("the message is compressed and grpc-encoding names no encoding");
        if (length > (uint)most)
            throw TooLarge(most);
        var whole = Prefix + (long)length;
        if (buffer.Length > whole)
            throw Broken("there is more than one message");
        if (!result.IsCompleted)
            return More(reader, buffer);
        if (buffer.Length < whole)
            throw Broken("the message is cut off");

        var body = buffer.Slice(Prefix, length);
        frame = head[0] == 0 ? new MessageFrame(body, reader, buffer.End) : Unpacked(reader, body, buffer.End, most);
        return true;
    }

    private static bool More(PipeReader reader, ReadOnlySequence<byte> buffer)
    {
        reader.AdvanceTo(buffer.Start, buffer.End);
        return false;
    }

    private static MessageFrame Unpacked(PipeReader reader, ReadOnlySequence<byte> body, SequencePosition end, int most)
    {
        using var packed = new MemoryStream(body.ToArray(), writable: false);
        reader.AdvanceTo(end);
        using var gzip = new GZipStream(packed, CompressionMode.Decompress);
        using var unpacked = new MemoryStream();
        var part = ArrayPool<byte>.Shared.Rent(16 << 10);
        try
        {
            for (int read; (read = gzip.Read(part)) > 0; )
            {
                if (unpacked.Length + read > most)
                    throw TooLarge(most);
                unpacked.Write(part, 0, read);
            }
        }
        catch (InvalidDataException fault)
        {
            throw Broken($"the message is no gzip: {fault.Message}");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(part);
        }

        // An empty input reads as an empty output, which no gzip is.
        if (packed.Length == 0)
            throw Broken("the message is no gzip: it is empty");
        return new MessageFrame(
            new ReadOnlySequence<byte>(unpacked.GetBuffer(), 0, (int)unpacked.Length),
            null,
            default
        );
    }

    private static RpcException Broken(string what) => new(new Status(StatusCode.Internal, what));

    private static RpcException TooLarge(int most) =>
        new(new Status(StatusCode.ResourceExhausted, $"the message is larger than {most} bytes"));
}
