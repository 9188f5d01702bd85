using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Ebb.Tests.Tables;

/// <summary>
/// Account signatures for Azurite's well-known account ("Create an account SAS", version 2018-11-09).
/// </summary>
internal static class Sas
{
    private const string Key =
        "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    public static string ForAccount(string permissions)
    {
        const string Version = "2018-11-09";
        var end = DateTimeOffset.UtcNow.AddHours(1).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        var toSign = $"devstoreaccount1\n{permissions}\nt\nsco\n\n{end}\n\nhttps,http\n{Version}\n";
        var signature = Convert.ToBase64String(
            HMACSHA256.HashData(Convert.FromBase64String(Key), Encoding.UTF8.GetBytes(toSign))
        );
        return $"sv={Version}&ss=t&srt=sco&spr={Uri.EscapeDataString("https,http")}&se={Uri.EscapeDataString(end)}&sp={permissions}&sig={Uri.EscapeDataString(signature)}";
    }
}
