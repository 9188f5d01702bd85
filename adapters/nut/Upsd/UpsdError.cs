using Ebb.Core.Power;

namespace Ebb.Nut.Upsd;

/// <summary>
/// The codes after <c>ERR</c> (NUT include/neterr.h, the same in 2.8.0 and 2.8.5, and the older ones that are gone).
/// </summary>
internal static class UpsdError
{
    internal static SourceFault UnknownCommand { get; } = Of("UNKNOWN-COMMAND");

    internal static SourceFault Of(string code) =>
        code.ToUpperInvariant() switch
        {
            "ACCESS-DENIED" => new(
                UpsFault.AccessDenied,
                "the server refuses to show this UPS to us (ERR ACCESS-DENIED): user, password or the server's list of permitted clients"
            ),
            "INVALID-USERNAME" or "INVALID-PASSWORD" or "USERNAME-REQUIRED" or "PASSWORD-REQUIRED" => new(
                UpsFault.AccessDenied,
                $"the server does not accept user and password (ERR {code.ToUpperInvariant()})"
            ),
            "UNKNOWN-UPS" => new(UpsFault.UnknownUps, "the server has no UPS of this name (ERR UNKNOWN-UPS)"),
            "DRIVER-NOT-CONNECTED" => new(
                UpsFault.DriverNotConnected,
                "the UPS's driver is not running (ERR DRIVER-NOT-CONNECTED)"
            ),
            "DATA-STALE" => new(UpsFault.DataStale, "the UPS's driver has been silent for too long (ERR DATA-STALE)"),
            "FEATURE-NOT-CONFIGURED" or "FEATURE-NOT-SUPPORTED" => new(
                UpsFault.TlsFailed,
                $"the server has no TLS (ERR {code.ToUpperInvariant()})"
            ),
            _ => new(UpsFault.ProtocolError, $"the server answered ERR {Printable(code)}"),
        };

    /// <summary>A stranger's bytes on their way into a message: short, and nothing that moves a cursor.</summary>
    internal static string Printable(string text)
    {
        var shown = text.Length > 60 ? text[..60] + "…" : text;
        return string.Concat(shown.Select(c => c is >= ' ' and <= '~' or '…' ? c : '?'));
    }
}
