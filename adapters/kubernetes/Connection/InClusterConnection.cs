using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Ebb.Kubernetes.Connection;

/// <summary>The API server of the cluster that this process runs in, as every pod finds it.</summary>
internal static class InClusterConnection
{
    public const string ServiceAccount = "/var/run/secrets/kubernetes.io/serviceaccount";

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

        var authorities = new X509Certificate2Collection();
        var bundle = Path.Combine(folder, "ca.crt");
        try
        {
            authorities.ImportFromPemFile(bundle);
            if (authorities.Count == 0)
                problems.Add(new(bundle, "certificates in PEM form", "none"));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or CryptographicException)
        {
            problems.Add(
                new(
                    bundle,
                    "certificates in PEM form",
                    File.Exists(bundle) ? "something that cannot be read" : "no such file"
                )
            );
        }

        if (problems.Count > 0)
            throw new ConnectionException(problems);
        return new ClusterConnection(new UriBuilder("https", host, number).Uri, "in-cluster")
        {
            Credential = new TokenFileCredential(token, time),
            Authorities = authorities,
            Namespace = ReadNamespace(Path.Combine(folder, "namespace")),
        };
    }

    private static string? ReadNamespace(string path)
    {
        if (!File.Exists(path))
            return null;
        var name = File.ReadAllText(path).Trim();
        return name.Length == 0 ? null : name;
    }
}
