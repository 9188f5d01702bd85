using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using k8s;

namespace Ebb.Kubernetes.Connection;

/// <summary>
/// The API server of the cluster that this process runs in. The library's own InClusterConfig says neither which part
/// is missing nor reads the token again when it is refused.
/// </summary>
internal static class InCluster
{
    private const string ServiceAccount = "/var/run/secrets/kubernetes.io/serviceaccount";

    /// <summary>Whether this looks like a pod.</summary>
    public static bool IsHere(Func<string, string?> environment) =>
        !string.IsNullOrEmpty(environment("KUBERNETES_SERVICE_HOST"));

    /// <exception cref="ConnectionException">Something that every pod has is not there.</exception>
    public static ClusterConnection Read(
        Func<string, string?> environment,
        TimeProvider time,
        string folder = ServiceAccount
    )
    {
        var problems = new List<ConnectionProblem>();
        var host = environment("KUBERNETES_SERVICE_HOST");
        if (string.IsNullOrEmpty(host))
            problems.Add(new("KUBERNETES_SERVICE_HOST", "the address of the API server, as in every pod", "nothing"));
        var port = environment("KUBERNETES_SERVICE_PORT");
        if (!ushort.TryParse(port, out var number) || number == 0)
            problems.Add(
                new("KUBERNETES_SERVICE_PORT", "a port from 1 to 65535", port is null ? "nothing" : $"\"{port}\"")
            );

        var token = Path.Combine(folder, "token");
        if (!File.Exists(token))
            problems.Add(new(token, "the service account's token (automountServiceAccountToken)", "no such file"));
        var authorities = Certificates(Path.Combine(folder, "ca.crt"), problems);
        if (problems.Count > 0)
            throw new ConnectionException(problems);
        var place = Path.Combine(folder, "namespace");
        return new ClusterConnection(
            new KubernetesClientConfiguration
            {
                Host = new UriBuilder("https", host, number).ToString(),
                TokenProvider = new TokenFile(token, time),
                SslCaCerts = authorities,
                Namespace = File.Exists(place) && File.ReadAllText(place).Trim() is { Length: > 0 } name ? name : null,
            },
            "in-cluster"
        );
    }

    private static X509Certificate2Collection Certificates(string bundle, List<ConnectionProblem> problems)
    {
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPem(Encoding.UTF8.GetString(BoundedFile.Read(bundle, BoundedFile.DocumentBytes)));
            if (authorities.Count == 0)
                problems.Add(new(bundle, "certificates in PEM form", "none"));
        }
        catch (Exception fault) when (BoundedFile.IsFault(fault) || fault is CryptographicException)
        {
            var found = File.Exists(bundle) ? "something that cannot be read" : "no such file";
            problems.Add(new(bundle, "certificates in PEM form", found));
        }

        return authorities;
    }
}
