using Ebb.Core.Conditions;
using Ebb.Core.Gates;
using Ebb.Core.Hooks;
using Ebb.Core.Selection;
using Ebb.Core.Time.Specs;
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

    /// <summary>
    /// <c>spec.namespace</c>, or its own namespace when that is not given; empty: the workload lives in none.
    /// </summary>
    public required string TargetNamespace { get; init; }

    /// <summary><c>spec.namespace</c> as written, of what lives in none; null: not given.</summary>
    public string? NeedlessNamespace { get; init; }

    /// <summary><c>spec.name</c> as written.</summary>
    public string? TargetName { get; init; }

    /// <summary>Place in the order down; waves go in ascending order.</summary>
    public int? ShutdownPriority { get; init; }

    /// <summary>Place in the order up; waves go in ascending order.</summary>
    public int? ScaleUpPriority { get; init; }

    /// <summary><c>spec.onBatteryFor</c> as written.</summary>
    public string? OnBatteryFor { get; init; }

    /// <summary><c>spec.chargeBelow</c> in percent.</summary>
    public double? ChargeBelow { get; init; }

    /// <summary><c>spec.runtimeBelow</c> as written.</summary>
    public string? RuntimeBelow { get; init; }

    /// <summary><c>spec.loadAbove</c> in percent.</summary>
    public double? LoadAbove { get; init; }

    /// <summary><c>spec.hook</c>, or what is wrong with it; null: it names a workload.</summary>
    public Parsed<HookSpec>? Hook { get; init; }

    /// <summary>It names a workload beside its hook.</summary>
    public bool IsBoth { get; init; }

    /// <summary><c>spec.gates</c>, or what is wrong with them.</summary>
    public Parsed<IReadOnlyList<Gate>> Gates { get; init; } = Gate.None;

    /// <summary><c>spec.specReplicas</c>, a mirror that nothing is decided from; null: -1 or absent.</summary>
    public int? SpecReplicas { get; init; }

    /// <summary>What the workload was before Ebb changed it; null: nothing is captured.</summary>
    public Baseline? Baseline { get; init; }

    /// <summary>The baseline is known from memory; somebody deleted it.</summary>
    public bool IsBaselineDeleted { get; init; }

    /// <summary>A schedule holds the baseline, too: what it wakes to is known when schedules were looked at.</summary>
    public bool IsScheduled { get; init; }

    /// <summary>Its status as last written.</summary>
    public UpsScalerStatus? Status { get; init; }

    /// <summary>The workload that it names.</summary>
    public required WorkloadLookup Target { get; init; }

    /// <summary>
    /// There is no such UpsScaler: the workload applies another one from Git, and is held back as long as that sleeps.
    /// </summary>
    public bool Implied { get; init; }

    /// <summary>Why what is written to the workload may not hold; null: nothing is known against it.</summary>
    public string? Doubt { get; init; }

    /// <summary>
    /// The UID of the UpsScaler that selects this workload among others, whose own <see cref="Uid"/> is then of this
    /// one of them alone; null: it names the workload.
    /// </summary>
    public string? SelectedBy { get; init; }

    /// <summary>What selects it selects namespaces, which only an UpsScaler of an admin namespace may do.</summary>
    public bool SelectsNamespaces { get; init; }

    /// <summary>What is wrong with the priorities that its labels give the workload.</summary>
    public IReadOnlyList<string> LabelFaults { get; init; } = [];

    /// <summary>The UID of the UpsScaler itself.</summary>
    public string OwnUid => SelectedBy ?? Uid;
}

/// <summary>An UpsScaler that selects its workloads; each of them has a view of its own beside.</summary>
/// <param name="Scaler">The UpsScaler.</param>
/// <param name="Type">Of the workloads; null: it is none.</param>
/// <param name="Faults">What is wrong with what it selects; empty: nothing.</param>
/// <param name="SelectsNamespaces">It selects namespaces, too.</param>
/// <param name="Selected">What it selects now.</param>
public sealed record UpsScalerSelection(
    UpsScalerView Scaler,
    WorkloadType? Type,
    IReadOnlyList<string> Faults,
    bool SelectsNamespaces,
    SelectedWorkloads Selected
);

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
    /// <summary>How many workloads a selector means; null: it names one.</summary>
    public int? Selected { get; init; }

    /// <summary>The first of them.</summary>
    public IReadOnlyList<string> Workloads { get; init; } = [];

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
