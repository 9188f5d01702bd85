using System.Text;
using System.Text.Json.Nodes;
using k8s.KubeConfigModels;

namespace Ebb.Kubernetes.Connection;

/// <summary>The credential plugin of a user of a kubeconfig.</summary>
internal static class KubeconfigExec
{
    private static readonly string[] Versions =
    [
        "client.authentication.k8s.io/v1",
        "client.authentication.k8s.io/v1beta1",
    ];

    /// <summary>Null when it cannot be run, which is reported.</summary>
    public static ExecPlugin? Read(
        KubeconfigEntry<UserCredentials> user,
        ExternalExecution exec,
        KubeconfigEntry<ClusterEndpoint> cluster
    )
    {
        var (command, version) = (exec.Command, exec.ApiVersion);
        if (string.IsNullOrEmpty(command))
            user.Report("exec.command", "a command", "nothing");
        if (!Versions.Contains(version))
            user.Report(
                "exec.apiVersion",
                string.Join(" or ", Versions),
                string.IsNullOrEmpty(version) ? "nothing" : $"\"{version}\""
            );
        var mode = user.Text("exec", "interactiveMode");
        if (mode is not (null or "Never" or "IfAvailable"))
            user.Report("exec.interactiveMode", "Never or IfAvailable: nobody is there to answer", $"\"{mode}\"");
        var variables = new List<KeyValuePair<string, string>>();
        foreach (var variable in exec.EnvironmentVariables ?? [])
        {
            if (variable?.GetValueOrDefault("name") is { Length: > 0 } name)
                variables.Add(new(name, variable.GetValueOrDefault("value") ?? ""));
            else
                user.Report($"exec.env[{variables.Count}].name", "the name of a variable", "nothing");
        }

        if (string.IsNullOrEmpty(command) || string.IsNullOrEmpty(version))
            return null;
        // A bare name is looked up in PATH; anything with a slash is relative to the kubeconfig.
        var path = command.Contains('/', StringComparison.Ordinal) ? user.Resolve(command) : command;
        var info = exec.ProvideClusterInfo ? Describe(cluster) : null;
        return new ExecPlugin(
            path,
            [.. (exec.Arguments ?? []).Select(argument => argument ?? "")],
            variables,
            version,
            info,
            exec.InstallHint
        );
    }

    private static JsonObject Describe(KubeconfigEntry<ClusterEndpoint> cluster)
    {
        var endpoint = cluster.Value;
        var info = new JsonObject { ["server"] = endpoint.Server };
        if (!string.IsNullOrEmpty(endpoint.TlsServerName))
            info["tls-server-name"] = endpoint.TlsServerName;
        if (endpoint.SkipTlsVerify)
            info["insecure-skip-tls-verify"] = true;
        var authorities = cluster.Pem(
            "certificate-authority",
            endpoint.CertificateAuthorityData,
            endpoint.CertificateAuthority
        );
        if (authorities is not null)
            info["certificate-authority-data"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(authorities));
        if (cluster.Text("proxy-url") is { } proxy)
            info["proxy-url"] = proxy;
        return info;
    }
}
