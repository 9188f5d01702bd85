using System.Buffers.Binary;
using System.IO.Compression;

namespace Ebb.Tests.Scaler.Wire;

/// <summary>gRPC messages and headers byte by byte.</summary>
internal static class Messages
{
    /// <summary>A message with its prefix.</summary>
    public static byte[] Frame(byte[] message, byte flag = 0)
    {
        var frame = new byte[5 + message.Length];
        frame[0] = flag;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), message.Length);
        message.CopyTo(frame, 5);
        return frame;
    }

    /// <summary>The messages that a body holds whole.</summary>
    public static IEnumerable<byte[]> Unframe(byte[] body)
    {
        for (var at = 0; at + 5 <= body.Length; )
        {
            var end = at + 5 + BinaryPrimitives.ReadInt32BigEndian(body.AsSpan(at + 1));
            if (end > body.Length)
                yield break;
            yield return body[(at + 5)..end];
            at = end;
        }
    }

    public static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(bytes);
        return packed.ToArray();
    }

    /// <summary>"name=value", or nothing, as the headers of a call.</summary>
    public static (string, string)[] Header(string text) =>
        text.Split('=', 2) is [var name, var value] ? [(name, value)] : [];
}
