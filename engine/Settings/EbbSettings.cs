using Ebb.Core.GitOps;
using Ebb.Core.Power;
using Ebb.Kubernetes.Connection;
using Ebb.Kubernetes.Power;
using Ebb.Kubernetes.Resources;
using Ebb.Nut;
using NodaTime;
using NodaTime.TimeZones;

namespace Ebb.Engine.Settings;

/// <summary>What the engine runs in.</summary>
internal enum EngineHost
{
    /// <summary>The process by itself; with the simulation when no cluster is named.</summary>
    Alone,

    /// <summary>A worker of the Azure Functions host, whose timers wake it.</summary>
    FunctionsHost,

    /// <summary>The operator's container; there is no simulation in it.</summary>
    Operator,
}

/// <summary>Everything that can be set, read whole before anything starts.</summary>
internal sealed record EbbSettings
{
    public required Uri HttpUrl { get; init; }

    public required EngineHost Host { get; init; }

    /// <summary>Null: the simulated one.</summary>
    public required ClusterSettings? Cluster { get; init; }

    public required PowerSettings Power { get; init; }

    /// <summary>False: there is no UPS, and no power failure is ever known of.</summary>
    public bool FollowsPower { get; init; } = true;

    /// <summary>False: Schedules and their like are neither read nor followed.</summary>
    public bool FollowsSchedules { get; init; } = true;

    public required IReadOnlyList<UpsSourceAddress> Sources { get; init; }

    /// <summary>What feeds nodes that do not say so themselves.</summary>
    public IReadOnlyList<NodeSupplies> Domains { get; init; } = [];

    public required Duration PollInterval { get; init; }

    /// <summary>
    /// How often schedules are evaluated at least, and how often at most the same is stated again to whoever undoes it.
    /// </summary>
    public Duration ScheduleInterval { get; init; } = Duration.FromSeconds(30);

    /// <summary>Which ServiceScalers are looked after, as a label selector; null: all.</summary>
    public string? LabelSelector { get; init; }

    /// <summary>False: decide, show and report, but write nothing except Ebb's own status, Events and state.</summary>
    public required bool Act { get; init; }

    /// <summary>Whether what Git reconciles is held back while workloads sleep.</summary>
    public GitOpsMode GitOps { get; init; } = GitOpsMode.Auto;

    public required string StateNamespace { get; init; }

    /// <summary>Everything is given back, whatever is asked: see <see cref="ReleaseAll"/>.</summary>
    public bool Release { get; init; }

    /// <summary>Null: history is kept no longer than the cluster keeps it.</summary>
    public ArchiveSettings? Archive { get; init; }

    /// <summary>The header in which a proxy passes on who asks; null: no header is believed.</summary>
    public string? IdentityHeader { get; init; }

    /// <summary>Time zone data in place of what this program was built with; null: that.</summary>
    public TzdbDateTimeZoneSource? ZoneData { get; init; }

    public required string? ViewKey { get; init; }

    public required string? ControlKey { get; init; }

    /// <summary>
    /// The HTTP port of the external scaler, which knows what spare capacity there is; null: none is configured.
    /// </summary>
    public Uri? CapacityScaler { get; init; }

    /// <summary>Namespaces whose UpsScalers may name workloads of other namespaces.</summary>
    public required IReadOnlyList<string> AdminNamespaces { get; init; }

    /// <summary>
    /// Namespace and Deployment of this process, when it runs in a pod; it never puts itself to sleep.
    /// </summary>
    public required (string Namespace, string Name)? Self { get; init; }

    /// <summary>Who is told when the phase changes.</summary>
    public required IReadOnlyList<AlertTarget> Alerts { get; init; }
}
