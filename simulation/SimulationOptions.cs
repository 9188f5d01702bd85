using Ebb.Simulation.Clock;

namespace Ebb.Simulation;

/// <summary>The options of a simulated cluster.</summary>
public sealed record SimulationOptions
{
    /// <summary>Port of the Kubernetes API on 127.0.0.1; 0 takes a free one.</summary>
    public int KubernetesPort { get; init; }

    /// <summary>
    /// Port of the simulated upsd; 0 takes a free one. Used by the program that starts the UPS beside the cluster.
    /// </summary>
    public int UpsPort { get; init; }

    public SimulationClock Clock { get; init; } = new(DateTimeOffset.UtcNow, 1);

    /// <summary>
    /// Manifests (YAML documents) to begin with. Null: the default world. Empty: an empty cluster, with definitions but
    /// no nodes.
    /// </summary>
    public string? World { get; init; }

    /// <summary>
    /// Whether a bearer token of <see cref="SimulatedCluster.TokenFor"/> is restricted to the roles in the store.
    /// </summary>
    public bool EnforceRbac { get; init; }

    /// <summary>
    /// Whether an object is given owners only by whoever may delete it (OwnerReferencesPermissionEnforcement), as
    /// OpenShift has it.
    /// </summary>
    public bool OwnersNeedDelete { get; init; }

    /// <summary>
    /// Whether Deployments and ReplicaSets report status.terminatingReplicas, as 1.36 does and 1.26 did not.
    /// </summary>
    public bool TerminatingReplicas { get; init; } = true;

    /// <summary>
    /// Whether HPAs keep a tolerance of their own, as from 1.35 on. False: it is dropped silently, and a change of
    /// exactly a tenth upwards scales, as on 1.26.
    /// </summary>
    public bool ConfigurableTolerance { get; init; } = true;

    /// <summary>The KEDA version whose timings and messages the operator simulates.</summary>
    public KedaGeneration Keda { get; init; } = KedaGeneration.V220;

    /// <summary>The HPA controller's period; Kubernetes' default.</summary>
    public TimeSpan HpaPeriod { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// What timeouts and bookmarks of watches are measured with. Null: the clock when it is moved by hand, else real
    /// time, because the client at the other end of the socket uses real time.
    /// </summary>
    public TimeProvider? WireTime { get; init; }

    /// <summary>The seed of names and UIDs.</summary>
    public int Seed { get; init; } = 1;
}

/// <summary>Two generations of KEDA that behave differently while paused.</summary>
public enum KedaGeneration
{
    /// <summary>2.10: a pause acts at the next poll, and the HPA stays.</summary>
    V210,

    /// <summary>2.20: a pause acts at once, and the HPA is deleted.</summary>
    V220,
}
