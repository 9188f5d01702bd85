using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;

namespace Ebb.Kubernetes.Connection;

/// <summary>The user entry of a kubeconfig.</summary>
internal static class KubeconfigUser
{
    private static readonly string[] ExecVersions =
    [
        "client.authentication.k8s.io/v1",
        "client.authentication.k8s.io/v1beta1",
    ];

    public static X509Certificate2? ClientCertificate(KubeconfigNode user)
    {
        var certificate = KubeconfigBytes.Read(user, "client-certificate-data", "client-certificate");
        var key = KubeconfigBytes.Read(user, "client-key-data", "client-key");
        if (certificate is null && key is null)
            return null;
        if (certificate is null || key is null)
        {
            user.Report(
                certificate is null ? "client-certificate" : "client-key",
                "the certificate and its key together",
                "only one of them"
            );
            return null;
        }

        try
        {
            return X509Certificate2.CreateFromPem(
                Encoding.UTF8.GetString(certificate.Value.Bytes),
                Encoding.UTF8.GetString(key.Value.Bytes)
            );
        }
        catch (CryptographicException)
        {
            user.Report(
                certificate.Value.Key,
                "a certificate and its unencrypted key in PEM form",
                "something that cannot be read, or a key of another certificate"
            );
            return null;
        }
    }

    /// <summary>A token wins over its file, as in kubectl; of token, password and plugin only one may be there.</summary>
    public static Credential Credential(KubeconfigNode user, KubeconfigNode? cluster, TimeProvider time)
    {
        var token = user.Text("token");
        var file = user.Text("tokenFile");
        var name = user.Text("username");
        var plugin = user.Mapping("exec");
        var ways = new[] { token is not null || file is not null, name is not null, plugin is not null };
        if (ways.Count(way => way) > 1)
            user.Report("", "one of token, username or exec", "several");
        if (user.Mapping("auth-provider") is not null)
            user.Report(
                "auth-provider",
                "an exec plugin (auth-provider was taken out of Kubernetes in 1.26)",
                "auth-provider"
            );

        if (plugin is not null && Plugin(plugin, cluster) is { } found)
            return new ExecCredential(found, time);
        if (token is not null)
            return new FixedCredential($"Bearer {token}");
        if (file is not null)
            return new TokenFileCredential(Path.Combine(user.Folder, file), time);
        return name is null
            ? Ebb.Kubernetes.Connection.Credential.None
            : new FixedCredential(
                $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{name}:{user.Text("password")}"))}"
            );
    }

    private static ExecPlugin? Plugin(KubeconfigNode exec, KubeconfigNode? cluster)
    {
        var command = exec.Text("command");
        if (command is null)
            exec.Report("command", "a command", "nothing");
        var version = exec.Text("apiVersion");
        if (!ExecVersions.Contains(version))
            exec.Report(
                "apiVersion",
                string.Join(" or ", ExecVersions),
                version is null ? "nothing" : $"\"{version}\""
            );
        var mode = exec.Text("interactiveMode");
        if (mode is not (null or "Never" or "IfAvailable"))
            exec.Report("interactiveMode", "Never or IfAvailable: nobody is there to answer", $"\"{mode}\"");
        var variables = new List<KeyValuePair<string, string>>();
        foreach (var variable in exec.Mappings("env"))
        {
            if (variable.Text("name") is { } key)
                variables.Add(new(key, variable.Text("value") ?? ""));
            else
                variable.Report("name", "the name of a variable", "nothing");
        }

        if (command is null || version is null)
            return null;
        // A bare name is looked up in PATH; anything with a slash is relative to the kubeconfig.
        var path = command.Contains('/', StringComparison.Ordinal) ? Path.Combine(exec.Folder, command) : command;
        var info = exec.Flag("provideClusterInfo") && cluster is not null ? Describe(cluster) : null;
        return new ExecPlugin(path, exec.Texts("args"), variables, version, info, exec.Text("installHint"));
    }

    private static JsonObject Describe(KubeconfigNode cluster)
    {
        var info = new JsonObject { ["server"] = cluster.Text("server") };
        if (cluster.Text("tls-server-name") is { } name)
            info["tls-server-name"] = name;
        if (cluster.Flag("insecure-skip-tls-verify"))
            info["insecure-skip-tls-verify"] = true;
        if (KubeconfigBytes.Read(cluster, "certificate-authority-data", "certificate-authority") is var (_, bytes))
            info["certificate-authority-data"] = Convert.ToBase64String(bytes);
        if (cluster.Text("proxy-url") is { } proxy)
            info["proxy-url"] = proxy;
        return info;
    }
}
