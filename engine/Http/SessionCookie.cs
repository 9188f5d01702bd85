using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Ebb.Engine.Http;

/// <summary>
/// The cookie of somebody who signed in with a key: when it ends, and a code over that which only the key makes.
/// Replicas with the same keys agree without sharing anything, and a key that is changed ends every cookie of it.
/// </summary>
internal static class SessionCookie
{
    public const string Name = "ebb-session";

    public static readonly TimeSpan Lasts = TimeSpan.FromDays(7);

    /// <param name="key">What was shown.</param>
    /// <param name="ends">The end is excluded.</param>
    public static string Of(string key, DateTimeOffset ends)
    {
        var seconds = ends.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return $"{seconds}.{Convert.ToHexStringLower(Code(key, seconds))}";
    }

    /// <summary>Takes the same time whatever is wrong with the code.</summary>
    public static bool IsOf(string? cookie, string? key, DateTimeOffset now)
    {
        if (key is null || cookie?.Split('.') is not [var ends, var code])
            return false;
        return long.TryParse(ends, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            && seconds > now.ToUnixTimeSeconds()
            && CryptographicOperations.FixedTimeEquals(
                Encoding.ASCII.GetBytes(code),
                Encoding.ASCII.GetBytes(Convert.ToHexStringLower(Code(key, ends)))
            );
    }

    private static byte[] Code(string key, string ends) =>
        HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes($"{Name} {ends}"));
}
