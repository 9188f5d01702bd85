using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Ebb.Kubernetes.Connection;

/// <summary>The cluster entry of a kubeconfig.</summary>
internal static class KubeconfigCluster
{
    public static Uri? Server(KubeconfigNode cluster)
    {
        var text = cluster.Text("server");
        if (
            Uri.TryCreate(text, UriKind.Absolute, out var server)
            && server.Scheme is "http" or "https"
            && server.UserInfo.Length == 0
        )
            return new Uri(server.GetLeftPart(UriPartial.Path).TrimEnd('/'));
        cluster.Report(
            "server",
            "an http or https address without credentials",
            text is null ? "nothing" : "something else"
        );
        return null;
    }

    public static Uri? Proxy(KubeconfigNode cluster)
    {
        var text = cluster.Text("proxy-url");
        if (text is null)
            return null;
        if (Uri.TryCreate(text, UriKind.Absolute, out var proxy) && proxy.Scheme is "http" or "https" or "socks5")
            return proxy;
        cluster.Report("proxy-url", "an http, https or socks5 address", "something else");
        return null;
    }

    public static X509Certificate2Collection? Authorities(KubeconfigNode cluster)
    {
        if (
            KubeconfigBytes.Read(cluster, "certificate-authority-data", "certificate-authority") is not var (key, bytes)
        )
            return null;
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPem(Encoding.UTF8.GetString(bytes));
        }
        catch (CryptographicException)
        {
            authorities.Clear();
        }

        if (authorities.Count == 0)
            cluster.Report(key, "certificates in PEM form", "none");
        return authorities;
    }
}

/// <summary>What can stand in a kubeconfig itself, in base64, or in a file beside it. What stands in it wins.</summary>
internal static class KubeconfigBytes
{
    public static (string Key, byte[] Bytes)? Read(KubeconfigNode node, string dataKey, string fileKey)
    {
        if (node.Text(dataKey) is { } data)
        {
            try
            {
                return (dataKey, Convert.FromBase64String(data));
            }
            catch (FormatException)
            {
                node.Report(dataKey, "base64", "something else");
                return null;
            }
        }

        if (node.Text(fileKey) is not { } file)
            return null;
        var path = Path.Combine(node.Folder, file);
        try
        {
            return (fileKey, File.ReadAllBytes(path));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            node.Report(fileKey, "a file that can be read", path);
            return null;
        }
    }
}
