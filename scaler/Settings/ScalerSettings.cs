namespace Ebb.Scaler.Settings;

/// <summary>Everything that can be set, read whole before anything starts.</summary>
internal sealed record ScalerSettings
{
    /// <summary>Where gRPC listens.</summary>
    public required Uri GrpcUrl { get; init; }

    /// <summary>Where health, metrics and explanations are.</summary>
    public required Uri HttpUrl { get; init; }

    /// <summary>Certificates; null: h2c.</summary>
    public required TlsFiles? Tls { get; init; }

    public required Ebb.Kubernetes.Connection.ClusterSettings Cluster { get; init; }

    /// <summary>Where the functions keep their state, and where the lease is.</summary>
    public required string StateNamespace { get; init; }

    /// <summary>False: answer and show, but write nothing except Events.</summary>
    public required bool Act { get; init; }

    /// <summary>It belongs to the process at the other end of its standard input, and keeps the time that is told there.</summary>
    public bool FollowInput { get; init; }

    /// <summary>What the gauges of spare capacity keep free, as in a trigger.</summary>
    public required string Reserve { get; init; }
}

/// <summary>PEM files; each is read again when it changes.</summary>
/// <param name="Certificate">The server's, with its chain.</param>
/// <param name="Key">Its key.</param>
/// <param name="ClientAuthorities">Clients must show a certificate of one of these; null: they need show none.</param>
internal sealed record TlsFiles(string Certificate, string Key, string? ClientAuthorities);
