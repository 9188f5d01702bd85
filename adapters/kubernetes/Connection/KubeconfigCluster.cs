using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using k8s;
using k8s.KubeConfigModels;

namespace Ebb.Kubernetes.Connection;

/// <summary>The cluster entry of a kubeconfig.</summary>
internal static class KubeconfigCluster
{
    /// <summary>Sets address and TLS; gives the proxy, for which the library has no place.</summary>
    public static Uri? Apply(KubeconfigEntry<ClusterEndpoint> cluster, KubernetesClientConfiguration configuration)
    {
        var endpoint = cluster.Value;
        configuration.Host = Server(cluster);
        configuration.TlsServerName = string.IsNullOrEmpty(endpoint.TlsServerName) ? null : endpoint.TlsServerName;
        configuration.SkipTlsVerify = endpoint.SkipTlsVerify;
        configuration.SslCaCerts = Authorities(cluster);
        if (endpoint.SkipTlsVerify && configuration.SslCaCerts is not null)
            cluster.Report("insecure-skip-tls-verify", "not together with a certificate authority", "both");
        return Proxy(cluster);
    }

    private static string? Server(KubeconfigEntry<ClusterEndpoint> cluster)
    {
        var text = cluster.Value.Server;
        if (
            Uri.TryCreate(text, UriKind.Absolute, out var server)
            && server.Scheme is "http" or "https"
            && server.UserInfo.Length == 0
        )
            return server.GetLeftPart(UriPartial.Path);
        var found = string.IsNullOrEmpty(text) ? "nothing" : "something else";
        cluster.Report("server", "an http or https address without credentials", found);
        return null;
    }

    private static Uri? Proxy(KubeconfigEntry<ClusterEndpoint> cluster)
    {
        var text = cluster.Text("proxy-url");
        if (text is null)
            return null;
        if (Uri.TryCreate(text, UriKind.Absolute, out var proxy) && proxy.Scheme is "http" or "https" or "socks5")
            return proxy;
        cluster.Report("proxy-url", "an http, https or socks5 address", "something else");
        return null;
    }

    // The library takes the first certificate of a bundle only.
    private static X509Certificate2Collection? Authorities(KubeconfigEntry<ClusterEndpoint> cluster)
    {
        const string key = "certificate-authority";
        var endpoint = cluster.Value;
        if (cluster.Pem(key, endpoint.CertificateAuthorityData, endpoint.CertificateAuthority) is not { } pem)
            return null;
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPem(pem);
        }
        catch (CryptographicException)
        {
            authorities.Clear();
        }

        if (authorities.Count == 0)
            cluster.Report(
                string.IsNullOrEmpty(endpoint.CertificateAuthorityData) ? key : $"{key}-data",
                "certificates in PEM form",
                "none"
            );
        return authorities;
    }
}
