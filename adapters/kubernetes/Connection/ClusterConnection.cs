using System.Security.Cryptography.X509Certificates;
using k8s;

namespace Ebb.Kubernetes.Connection;

/// <summary>Where an API server is and how it is spoken to. Its text form holds no secret.</summary>
public sealed class ClusterConnection
{
    internal ClusterConnection(KubernetesClientConfiguration configuration, string origin)
    {
        Configuration = configuration;
        Server = new Uri(configuration.Host.TrimEnd('/'));
        Origin = origin;
    }

    /// <summary>The address, without a trailing slash in its path.</summary>
    public Uri Server { get; }

    /// <summary>Where this was read, for people: "in-cluster", or the context and its file.</summary>
    public string Origin { get; }

    /// <summary>The namespace that the context or the service account names; null when none does.</summary>
    public string? Namespace => Configuration.Namespace;

    /// <summary>Address, TLS and credentials in the client library's own form.</summary>
    internal KubernetesClientConfiguration Configuration { get; }

    internal X509Certificate2? ClientCertificate { get; init; }

    internal Impersonation? Impersonation { get; init; }

    /// <summary>Null: what the environment says, and none for loopback.</summary>
    internal Uri? Proxy { get; init; }

    /// <summary>Answers in place of a server; null: there is one.</summary>
    internal HttpMessageHandler? ServerDouble { get; init; }

    /// <summary>Without TLS or with no credentials but a token: the simulation and tests.</summary>
    /// <param name="server">http or https.</param>
    /// <param name="token">A bearer token; null: none.</param>
    public static ClusterConnection To(Uri server, string? token = null)
    {
        ArgumentNullException.ThrowIfNull(server);
        var configuration = new KubernetesClientConfiguration { Host = server.ToString(), AccessToken = token };
        return new ClusterConnection(configuration, "given address");
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Server} ({Origin})";
}
