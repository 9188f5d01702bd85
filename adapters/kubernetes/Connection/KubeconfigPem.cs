using System.Text;

namespace Ebb.Kubernetes.Connection;

/// <summary>What can stand in a kubeconfig itself, in base64, or in a file beside it. What stands in it wins.</summary>
internal static class KubeconfigPem
{
    /// <summary>The PEM text; null when there is none or it cannot be read, which is reported.</summary>
    /// <param name="entry">Where it stands.</param>
    /// <param name="key">The member that names the file; the one with the data is called <c>key-data</c>.</param>
    /// <param name="data">Base64.</param>
    /// <param name="file">A path.</param>
    public static string? Pem<T>(this KubeconfigEntry<T> entry, string key, string? data, string? file)
    {
        if (!string.IsNullOrEmpty(data))
        {
            try
            {
                return Encoding.UTF8.GetString(Convert.FromBase64String(data));
            }
            catch (FormatException)
            {
                entry.Report($"{key}-data", "base64", "something else");
                return null;
            }
        }

        if (string.IsNullOrEmpty(file))
            return null;
        var path = entry.Resolve(file);
        try
        {
            return Encoding.UTF8.GetString(BoundedFile.Read(path, BoundedFile.DocumentBytes));
        }
        catch (Exception fault) when (BoundedFile.IsFault(fault))
        {
            entry.Report(key, "a file that can be read", path);
            return null;
        }
    }
}
