using NodaTime.TimeZones;

namespace Ebb.Scaler.Settings;

/// <summary>All settings, read and validated before anything starts.</summary>
internal sealed record ScalerSettings
{
    /// <summary>Where gRPC listens.</summary>
    public required Uri GrpcUrl { get; init; }

    /// <summary>Where HTTP listens: health, metrics, explanations.</summary>
    public required Uri HttpUrl { get; init; }

    /// <summary>Time zone data in place of what this program was built with; null: that.</summary>
    public TzdbDateTimeZoneSource? ZoneData { get; init; }

    /// <summary>Null: gRPC in the clear.</summary>
    public required TlsFiles? Tls { get; init; }

    public required Ebb.Kubernetes.Connection.ClusterSettings Cluster { get; init; }

    /// <summary>The namespace of Ebb's state and of the Lease.</summary>
    public required string StateNamespace { get; init; }

    /// <summary>Namespaces whose Schedules may select in others.</summary>
    public required IReadOnlyList<string> AdminNamespaces { get; init; }

    /// <summary>False: answer, but write nothing except Events.</summary>
    public required bool Act { get; init; }

    /// <summary>Run on the demo's clock, which is set through standard input.</summary>
    public bool FollowInput { get; init; }

    /// <summary>What the gauges of spare capacity keep free: cores or a percentage.</summary>
    public required string Reserve { get; init; }
}

/// <summary>PEM files, read again when they change.</summary>
/// <param name="Certificate">The server's, with its chain.</param>
/// <param name="Key">Its key.</param>
/// <param name="ClientAuthorities">Clients need a certificate of one of these; null: they need none.</param>
internal sealed record TlsFiles(string Certificate, string Key, string? ClientAuthorities);
