using Ebb.Core.Gates;
using Ebb.Core.Workloads;

namespace Ebb.Core.Waves;

/// <summary>A validated UpsScaler: accepted, or refused with the reason.</summary>
public sealed class Member
{
    internal Member(UpsScalerView scaler, WorkloadType? type, string? refusal, SizeAtWaking? atWaking = null)
    {
        AtWaking = atWaking;
        Scaler = scaler;
        Type = type;
        Fault = refusal;
        Stage = Stage.Read(scaler, []);
    }

    /// <summary>
    /// What applies it from Git, and what is held back for it: before it sleeps, and until it is awake.
    /// </summary>
    public IReadOnlyList<Member> Owners { get; internal set; } = [];

    /// <summary>What it applies from Git and what sleeps of that.</summary>
    public IReadOnlyList<Member> Owned { get; internal set; } = [];

    /// <summary>When its turn comes in a power failure.</summary>
    public Stage Stage { get; }

    /// <summary>What must hold before the waves go on, or before it is woken.</summary>
    public IReadOnlyList<Gate> Gates => Scaler.Gates.Value ?? [];

    /// <summary>A hook that the waves wait for until it has succeeded.</summary>
    internal bool IsRequiredHook => Workload?.Hook is { Spec.Required: true };

    /// <summary>The UpsScaler.</summary>
    public UpsScalerView Scaler { get; }

    /// <summary>Null when <c>spec.type</c> names nothing.</summary>
    public WorkloadType? Type { get; }

    /// <summary>
    /// Why it is not put to sleep, all errors at once; null: it may be. What has a baseline is woken all the same.
    /// </summary>
    public string? Refusal => Fault ?? Uncounted;

    /// <summary>What is wrong with it, whoever asks something of it; null: nothing.</summary>
    internal string? Fault { get; }

    /// <summary>
    /// Its wave could not know when its pods are gone. Once it is remembered it counted, and soon counts again.
    /// </summary>
    private string? Uncounted =>
        Scaler.Baseline is null && Workload is { IsUncounted: true, Replicas: var wanted }
            ? $"nothing tells when its pods are gone: its scale has no status.selector, and status.replicas is 0 while "
                + $"{wanted} are asked for; its definition needs labelSelectorPath, or its controller must fill in what "
                + "statusReplicasPath names"
            : null;

    /// <summary>Place in the order down; one without is refused and its place does not matter.</summary>
    public int DownPriority => Scaler.ShutdownPriority ?? 0;

    /// <summary>Place in the order up.</summary>
    public int UpPriority => Scaler.ScaleUpPriority ?? 0;

    /// <summary>The workload, when it is there.</summary>
    public WorkloadView? Workload => (Scaler.Target as WorkloadLookup.Found)?.Workload;

    /// <summary>The workload is another one than the baseline speaks of.</summary>
    public bool IsMadeAnew => Scaler.Baseline?.Uid is { } uid && Workload is { } workload && workload.Uid != uid;

    /// <summary>
    /// The baseline has nothing left to be written back to: the workload is gone, going, or another one.
    /// </summary>
    public bool IsOrphaned =>
        Scaler.Baseline is not null
        && (Scaler.Target is WorkloadLookup.Absent || IsMadeAnew || Workload?.Deleting == true);

    /// <summary>The size that it wakes to instead of its baseline; null: that of its baseline.</summary>
    public SizeAtWaking? AtWaking { get; }

    /// <summary>
    /// What it is woken to: its baseline, but for another size at waking; null: there is no baseline.
    /// </summary>
    public Baseline? Waking =>
        Scaler.Baseline is { } was && AtWaking is { } size ? size.Of(was, Workload, Sleep) : Scaler.Baseline;

    internal ISleepStrategy? Sleep => Type is null ? null : SleepStrategies.Of(Type.Method, Workload);

    /// <summary>Nothing of it runs; null: cannot be told.</summary>
    public bool? IsAsleep => Workload is { } workload && Sleep is { } sleep ? sleep.IsAsleep(workload) : null;

    /// <summary>Whether the workload, as it is now, still needs this write in order to sleep.</summary>
    public bool StillNeeds(Write write, WorkloadLookup now) =>
        now is WorkloadLookup.Found found && Sleep?.ToSleep(found.Workload).Any(write.AsksTheSameAs) == true;

    /// <summary>It is what its baseline says; null: cannot be told, or there is no baseline.</summary>
    public bool? IsAwake =>
        Workload is { } workload && Sleep is { } sleep && Waking is { } baseline
            ? sleep.IsAwake(workload, baseline)
            : null;

    /// <summary>Nothing is left to be written, whether or not it is ready; null likewise.</summary>
    public bool? IsRestored =>
        Workload is { Hook: not null } ? IsAwake
        : Workload is { } workload && Sleep is { } sleep && Waking is { } baseline
            ? sleep.ToWake(workload, baseline).Count == 0
        : null;

    /// <summary><c>type namespace/name</c>, for messages.</summary>
    public override string ToString() =>
        $"{Type?.Name ?? Scaler.Type} {ObjectRef.Placed(Scaler.TargetNamespace, Scaler.TargetName ?? "")}";
}
