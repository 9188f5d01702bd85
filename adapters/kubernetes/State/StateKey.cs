using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Ebb.Kubernetes.State;

/// <summary>The name of the ConfigMap that holds a key: different for different keys.</summary>
internal static partial class StateKey
{
    /// <exception cref="ArgumentException">The text is not a valid key.</exception>
    public static string NameOf(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (key.Length > 200 || !Key().IsMatch(key))
        {
            throw new ArgumentException(
                $"expected 1 to 200 of a-z, 0-9, '-' and '.', beginning and ending with a letter or digit, "
                    + $"found \"{key}\"",
                nameof(key)
            );
        }

        // Keys such as a..b are not names in Kubernetes; they are stored under their hash. The prefixes keep the two
        // sorts apart.
        return Name().IsMatch(key)
            ? $"ebb-state.{key}"
            : $"ebb-hash.{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))}";
    }

    [GeneratedRegex(@"\A[a-z0-9]([a-z0-9.-]*[a-z0-9])?\z")]
    private static partial Regex Key();

    [GeneratedRegex(@"\A[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*\z")]
    private static partial Regex Name();
}
