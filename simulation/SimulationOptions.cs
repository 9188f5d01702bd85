namespace Ebb.Simulation;

/// <summary>What kind of world to start.</summary>
public sealed record SimulationOptions
{
    /// <summary>Port of the Kubernetes API on 127.0.0.1; 0 takes a free one.</summary>
    public int KubernetesPort { get; init; }

    /// <summary>Port of the simulated upsd; 0 takes a free one. Read by whoever starts the UPS beside the cluster.</summary>
    public int UpsPort { get; init; }

    public SimulationClock Clock { get; init; } = new(DateTimeOffset.UtcNow, 1);

    /// <summary>Manifests (YAML documents) to begin with. Null: the default world. Empty: an empty cluster, with definitions but no nodes.</summary>
    public string? World { get; init; }

    /// <summary>Whether a bearer token of <see cref="SimulatedCluster.TokenFor"/> is held to the roles in the store.</summary>
    public bool EnforceRbac { get; init; }

    /// <summary>Whether Deployments and ReplicaSets report status.terminatingReplicas, as 1.36 does and 1.26 did not.</summary>
    public bool TerminatingReplicas { get; init; } = true;

    /// <summary>
    /// Whether HPAs keep a tolerance of their own, as from 1.35 on. False: it is dropped without a word, and a change of exactly a tenth
    /// upwards moves, as on 1.26.
    /// </summary>
    public bool ConfigurableTolerance { get; init; } = true;

    /// <summary>Which KEDA's timings and texts the simulated operator shows.</summary>
    public KedaGeneration Keda { get; init; } = KedaGeneration.V220;

    /// <summary>How often the HPA controller looks; the default of Kubernetes.</summary>
    public TimeSpan HpaPeriod { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// What timeouts and bookmarks of watches are measured with. Null: the clock when it is moved by hand, else real time,
    /// because a client on the other side of the socket lives in real time.
    /// </summary>
    public TimeProvider? WireTime { get; init; }

    /// <summary>Makes names and UIDs; the same seed makes the same ones.</summary>
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
