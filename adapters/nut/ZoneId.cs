using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;

namespace Ebb.Nut;

/// <summary>
/// The network interface after an IPv6 address, without which a link-local one leads nowhere: <c>fe80::1%25eth0</c> as
/// an address bar wants it (RFC 6874), or <c>fe80::1%eth0</c> as everything else does.
/// </summary>
internal static class ZoneId
{
    private const string Expected =
        "expected the name or number of a network interface of this machine after the % of a link-local IPv6 address, "
        + "such as fe80::1%25eth0, found ";

    /// <summary>Characters of an interface's name, which Linux bounds (IFNAMSIZ).</summary>
    private const int Longest = 15;

    /// <summary>The literal as sockets take it, or what is wrong with its zone.</summary>
    internal static (string Host, string? Error) Read(string literal)
    {
        if (!IPAddress.TryParse(Without(literal), out var bare))
            return (literal, null);
        var percent = literal.IndexOf('%', StringComparison.Ordinal);
        if (percent < 0)
            return (literal, bare.IsIPv6LinkLocal ? Expected + "no %" : null);
        var zone = literal[(percent + 1)..];
        if (zone.StartsWith("25", StringComparison.Ordinal) && zone.Length > 2)
            zone = Uri.UnescapeDataString(zone[2..]);
        var host = $"{literal[..percent]}%{zone}";
        if (Exists(host, zone))
            return (host, null);
        var shown = zone.Length is > 0 and <= Longest && zone.All(c => c is > ' ' and <= '~');
        return (host, Expected + (shown ? zone : "none of them"));
    }

    /// <summary>The host as others know it: an interface means something on this machine only.</summary>
    internal static string Without(string host) =>
        host.IndexOf('%', StringComparison.Ordinal) is var percent and >= 0 ? host[..percent] : host;

    private static bool Exists(string host, string zone)
    {
        // A name that no interface has is parsed as 0, a number as it stands.
        if (!IPAddress.TryParse(host, out var address) || address.ScopeId == 0)
            return false;
        if (!long.TryParse(zone, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return true;
        try
        {
            return NetworkInterface
                .GetAllNetworkInterfaces()
                .Any(i =>
                    i.Supports(NetworkInterfaceComponent.IPv6)
                    && i.GetIPProperties().GetIPv6Properties().Index == number
                );
        }
        catch (NetworkInformationException)
        {
            // Where interfaces cannot be listed the first connection tells.
            return true;
        }
    }
}
