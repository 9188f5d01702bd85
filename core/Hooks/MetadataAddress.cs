using System.Globalization;

namespace Ebb.Core.Hooks;

/// <summary>
/// Link-local addresses, where clouds serve credentials to whoever asks. A hook never goes there.
/// </summary>
public static class MetadataAddress
{
    private static readonly string[] Names = ["metadata", "metadata.google.internal", "instance-data"];

    /// <summary>Whether a host name or a literal address is one of them.</summary>
    public static bool Is(string host)
    {
        ArgumentNullException.ThrowIfNull(host);
        var name = host.Trim('[', ']').TrimEnd('.').ToLowerInvariant();
        return Names.Contains(name) || (Bytes(name) is { } address && Is(address));
    }

    /// <summary>Whether an address is one of them; 4 or 16 bytes.</summary>
    public static bool Is(ReadOnlySpan<byte> address) =>
        address.Length switch
        {
            4 => address[0] == 169 && address[1] == 254,
            // ::ffff:0:0/96 is an address of version 4.
            16 when address[..12].SequenceEqual(Mapped) => Is(address[12..]),
            16 => (address[0] == 0xfe && (address[1] & 0xc0) == 0x80) || address.SequenceEqual(AmazonOverV6),
            _ => false,
        };

    private static ReadOnlySpan<byte> Mapped => [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];

    // fd00:ec2::254
    private static ReadOnlySpan<byte> AmazonOverV6 => [0xfd, 0, 0x0e, 0xc2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x02, 0x54];

    /// <summary>A dotted address of version 4; others are looked at when they are resolved.</summary>
    private static byte[]? Bytes(string host)
    {
        var parts = host.Split('.');
        var bytes = new byte[4];
        if (parts.Length != 4)
            return null;
        for (var i = 0; i < 4; i++)
            if (!byte.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out bytes[i]))
                return null;
        return bytes;
    }
}
