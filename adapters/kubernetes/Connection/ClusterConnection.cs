using System.Security.Cryptography.X509Certificates;

namespace Ebb.Kubernetes.Connection;

/// <summary>Where an API server is and how it is spoken to. Its text form holds no secret.</summary>
public sealed class ClusterConnection
{
    internal ClusterConnection(Uri server, string origin)
    {
        Server = server;
        Origin = origin;
    }

    /// <summary>The address, without a trailing slash in its path.</summary>
    public Uri Server { get; }

    /// <summary>Where this was read, for people: "in-cluster", or the context and its file.</summary>
    public string Origin { get; }

    /// <summary>The namespace that the context or the service account names; null when none does.</summary>
    public string? Namespace { get; internal init; }

    internal Credential Credential { get; init; } = Credential.None;

    internal X509Certificate2? ClientCertificate { get; init; }

    /// <summary>Null: what the machine trusts.</summary>
    internal X509Certificate2Collection? Authorities { get; init; }

    /// <summary>The name in the server's certificate when it is not the host of <see cref="Server"/>.</summary>
    internal string? TlsServerName { get; init; }

    /// <summary>Only ever true when the configuration says so in words.</summary>
    internal bool SkipTlsVerification { get; init; }

    /// <summary>Null: what the environment says, and none for loopback.</summary>
    internal Uri? Proxy { get; init; }

    /// <summary>Without TLS or with no credentials but a token: the simulation and tests.</summary>
    /// <param name="server">http or https.</param>
    /// <param name="token">A bearer token; null: none.</param>
    public static ClusterConnection To(Uri server, string? token = null)
    {
        ArgumentNullException.ThrowIfNull(server);
        var credential = token is null ? Credential.None : new FixedCredential($"Bearer {token}");
        return new ClusterConnection(server, "given address") { Credential = credential };
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Server} ({Origin})";
}
