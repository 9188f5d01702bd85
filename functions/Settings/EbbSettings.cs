using Ebb.Core.Power;
using Ebb.Nut;
using NodaTime;

namespace Ebb.Functions.Settings;

/// <summary>Which cluster this process looks after.</summary>
internal enum ClusterMode
{
    Simulation,
    Kubeconfig,
    InCluster,
}

/// <summary>Where facts that cannot be observed again are kept.</summary>
internal enum StateStoreKind
{
    Kubernetes,
    Tables,
}

/// <summary>Everything that can be set, read whole before anything starts.</summary>
internal sealed record EbbSettings
{
    public required Uri HttpUrl { get; init; }

    /// <summary>The port the Functions host gave; null: the process runs by itself.</summary>
    public required int? HandlerPort { get; init; }

    public required ClusterMode Mode { get; init; }

    public required string? Kubeconfig { get; init; }

    public required string? Context { get; init; }

    public required PowerSettings Power { get; init; }

    public required IReadOnlyList<UpsSourceAddress> Sources { get; init; }

    public required Duration PollInterval { get; init; }

    /// <summary>How often schedules are evaluated at least, and how often at most the same is stated again to whoever undoes it.</summary>
    public Duration ScheduleInterval { get; init; } = Duration.FromSeconds(30);

    /// <summary>Which ServiceScalers are looked after, as a label selector; null: all.</summary>
    public string? LabelSelector { get; init; }

    /// <summary>False: decide, show and report, but write nothing except Ebb's own status, Events and state.</summary>
    public required bool Act { get; init; }

    public required StateStoreKind Store { get; init; }

    public required string StateNamespace { get; init; }

    /// <summary>Null: <see cref="Store"/> is the cluster.</summary>
    public required TableSettings? Tables { get; init; }

    public required string? ViewKey { get; init; }

    public required string? ControlKey { get; init; }

    public required double SimulationSpeed { get; init; }

    public required int SimulationKubernetesPort { get; init; }

    public required int SimulationUpsPort { get; init; }

    public required string? SimulationKubeconfig { get; init; }

    /// <summary>The HTTP port of the external scaler, which knows what spare capacity there is; null: there is none, or the demo's own.</summary>
    public Uri? CapacityScaler { get; init; }

    /// <summary>Whether the demo runs a scaler of its own.</summary>
    public bool SimulationScaler { get; init; } = true;

    /// <summary>Namespace and Deployment of this process, when it runs in a pod; it never puts itself to sleep.</summary>
    public required (string Namespace, string Name)? Self { get; init; }

    /// <summary>Who is told when the phase changes.</summary>
    public required IReadOnlyList<Alerts.AlertTarget> Alerts { get; init; }

    public bool Hosted => HandlerPort is not null;
}
