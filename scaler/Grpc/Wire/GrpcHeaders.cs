using System.Globalization;
using System.Text;
using Microsoft.Extensions.Primitives;

namespace Ebb.Scaler.Grpc.Wire;

/// <summary>How a message is packed.</summary>
internal enum MessageEncoding
{
    Identity,
    Gzip,
}

/// <summary>The headers and trailers of gRPC over HTTP/2.</summary>
internal static class GrpcHeaders
{
    public const string ContentType = "application/grpc";
    public const string Encoding = "grpc-encoding";
    public const string AcceptEncoding = "grpc-accept-encoding";
    public const string Encodings = "identity,gzip";
    private const string Timeout = "grpc-timeout";
    private const string StatusName = "grpc-status";
    private const string Message = "grpc-message";
    private static readonly StringValues Ok = new("0");

    /// <summary><c>application/grpc</c>, alone or before + or ;. That of gRPC-Web begins the same and is another.</summary>
    public static bool IsGrpc(string? contentType) =>
        contentType is not null
        && contentType.StartsWith(ContentType, StringComparison.OrdinalIgnoreCase)
        && (contentType.Length == ContentType.Length || contentType[ContentType.Length] is '+' or ';');

    /// <summary>False: it is there and cannot be read. Null: there is none.</summary>
    public static bool TryTimeout(IHeaderDictionary headers, out TimeSpan? timeout)
    {
        timeout = null;
        if (!headers.TryGetValue(Timeout, out var values))
            return true;
        if (
            values is not [{ Length: >= 2 and <= 9 } text]
            || !int.TryParse(
                text.AsSpan(0, text.Length - 1),
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out var amount
            )
        )
            return false;
        TimeSpan? unit = text[^1] switch
        {
            'H' => TimeSpan.FromHours(1),
            'M' => TimeSpan.FromMinutes(1),
            'S' => TimeSpan.FromSeconds(1),
            'm' => TimeSpan.FromMilliseconds(1),
            'u' => TimeSpan.FromMicroseconds(1),
            'n' => TimeSpan.FromTicks(0),
            _ => null,
        };
        if (unit is not { } one)
            return false;
        // More than three weeks is as good as no deadline, and more than a timer can count.
        var most = TimeSpan.FromDays(21);
        timeout =
            text[^1] == 'n' ? TimeSpan.FromTicks(amount / 100)
            : one > most / Math.Max(1, amount) ? most
            : one * amount;
        return true;
    }

    /// <summary>False: one that is not known.</summary>
    public static bool TryEncoding(IHeaderDictionary headers, out MessageEncoding encoding)
    {
        encoding = MessageEncoding.Identity;
        if (!headers.TryGetValue(Encoding, out var values))
            return true;
        switch (values.ToString())
        {
            case "" or "identity":
                return true;
            case "gzip":
                encoding = MessageEncoding.Gzip;
                return true;
            default:
                return false;
        }
    }

    public static void Put(IHeaderDictionary into, Status status)
    {
        into[StatusName] =
            status.StatusCode == StatusCode.OK ? Ok : ((int)status.StatusCode).ToString(CultureInfo.InvariantCulture);
        if (status.Detail.Length > 0)
            into[Message] = Escape(status.Detail);
    }

    /// <summary>All bytes of the UTF-8 text but printable ASCII other than % stand as %XX: an HTTP header takes nothing else.</summary>
    public static string Escape(string text)
    {
        if (text.AsSpan().IndexOfAnyExceptInRange(' ', '~') < 0 && !text.Contains('%', StringComparison.Ordinal))
            return text;
        var escaped = new StringBuilder(text.Length + 16);
        foreach (var unit in System.Text.Encoding.UTF8.GetBytes(text))
        {
            if (unit is >= 0x20 and <= 0x7E and not (byte)'%')
                escaped.Append((char)unit);
            else
                escaped.Append(CultureInfo.InvariantCulture, $"%{unit:X2}");
        }

        return escaped.ToString();
    }
}
