using Ebb.Core.Conditions;
using NodaTime;

namespace Ebb.Core.Workloads;

/// <summary>An UpsScaler as it was last seen, nothing of it validated yet, and the workload that it names.</summary>
public sealed record UpsScalerView
{
    /// <summary>The UpsScaler itself.</summary>
    public required ObjectRef Ref { get; init; }

    /// <summary>Its UID.</summary>
    public required string Uid { get; init; }

    /// <summary>The version that a write to it expects.</summary>
    public required string ResourceVersion { get; init; }

    /// <summary><c>metadata.generation</c>, for <c>status.observedGeneration</c>.</summary>
    public long Generation { get; init; }

    /// <summary>When it was made; of two for one workload the older one holds.</summary>
    public Instant? CreatedAt { get; init; }

    /// <summary>Somebody deleted it, or only a baseline is left of it: the workload is woken.</summary>
    public bool Deleting { get; init; }

    /// <summary><c>spec.type</c> as written.</summary>
    public string? Type { get; init; }

    /// <summary><c>spec.namespace</c>, or its own namespace when that is not given.</summary>
    public required string TargetNamespace { get; init; }

    /// <summary><c>spec.name</c> as written.</summary>
    public string? TargetName { get; init; }

    /// <summary>Place in the order down; waves go in ascending order.</summary>
    public int? ShutdownPriority { get; init; }

    /// <summary>Place in the order up; waves go in ascending order.</summary>
    public int? ScaleUpPriority { get; init; }

    /// <summary><c>spec.specReplicas</c>, a mirror that nothing is decided from; null: -1 or absent.</summary>
    public int? SpecReplicas { get; init; }

    /// <summary>What the workload was before Ebb changed it; null: nothing is captured.</summary>
    public Baseline? Baseline { get; init; }

    /// <summary>The baseline is known from memory; somebody deleted it.</summary>
    public bool IsBaselineDeleted { get; init; }

    /// <summary>Its status as last written.</summary>
    public UpsScalerStatus? Status { get; init; }

    /// <summary>The workload that it names.</summary>
    public required WorkloadLookup Target { get; init; }
}

/// <summary>Where a workload stands, as its UpsScaler shows it.</summary>
public enum WorkloadPhase
{
    /// <summary>Not known.</summary>
    Unknown,

    /// <summary>As it wants to be; Ebb has no baseline of it.</summary>
    Awake,

    /// <summary>Asked to sleep, and something of it still runs.</summary>
    GoingToSleep,

    /// <summary>Nothing of it runs.</summary>
    Asleep,

    /// <summary>Asked to be what it was, and it is not yet.</summary>
    Waking,

    /// <summary>Not managed; the reason says why.</summary>
    Refused,
}

/// <summary>The status subresource of an UpsScaler.</summary>
/// <param name="Phase">Where the workload stands.</param>
/// <param name="Reason">One sentence.</param>
/// <param name="Since">When the phase began.</param>
/// <param name="ObservedGeneration">The generation that this speaks of.</param>
/// <param name="ChangedBy">Who keeps changing the workload's size against Ebb; null when nobody does.</param>
public sealed record UpsScalerStatus(
    WorkloadPhase Phase,
    string Reason,
    Instant Since,
    long ObservedGeneration,
    string? ChangedBy = null
)
{
    /// <summary>The same as conditions.</summary>
    public IReadOnlyList<ObjectCondition> Conditions =>
        ObjectCondition.Of(
            Phase == WorkloadPhase.Unknown ? null : Phase is WorkloadPhase.Awake or WorkloadPhase.Asleep,
            Phase is WorkloadPhase.GoingToSleep or WorkloadPhase.Waking,
            Phase == WorkloadPhase.Unknown ? null : Phase == WorkloadPhase.Refused || ChangedBy is not null,
            Phase.ToString(),
            Reason
        );
}
