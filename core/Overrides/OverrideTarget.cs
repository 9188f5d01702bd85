using Ebb.Core.Waves;
using Ebb.Core.Workloads;

namespace Ebb.Core.Overrides;

/// <summary>A workload that an override names, whether or not an UpsScaler names it.</summary>
/// <param name="Type">How it is sized.</param>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Name">Its name.</param>
/// <param name="Target">Whether it was found.</param>
/// <param name="Refusal">Why it must not be touched; null: it may be.</param>
/// <param name="Baseline">What power remembers of it; null: power has not got it.</param>
public sealed record OverrideTarget(
    WorkloadType Type,
    string Namespace,
    string Name,
    WorkloadLookup Target,
    string? Refusal = null,
    Baseline? Baseline = null
)
{
    /// <summary>Power has it under another name, such as that of the ScaledObject that scales it.</summary>
    public bool IsUnderAnotherName { get; init; }

    /// <summary>What an UpsScaler names; null when that is no workload.</summary>
    public static OverrideTarget? Of(Member member)
    {
        ArgumentNullException.ThrowIfNull(member);
        var scaler = member.Scaler;
        return member.Type is { } type && scaler.TargetName is { } name
            ? new OverrideTarget(type, scaler.TargetNamespace, name, scaler.Target, member.Fault, scaler.Baseline)
            : null;
    }

    /// <summary>What no UpsScaler names.</summary>
    public static OverrideTarget Of(
        WorkloadType type,
        string @namespace,
        string name,
        WorkloadLookup target,
        IReadOnlyCollection<Protected> guarded
    )
    {
        ArgumentNullException.ThrowIfNull(type);
        ArgumentNullException.ThrowIfNull(guarded);
        var refusal =
            guarded.FirstOrDefault(g => g.Guards(@namespace, name, target))?.Why
            ?? (
                target is WorkloadLookup.Found seen
                    ? SleepStrategies.Of(type.Method, seen.Workload).Refusal(seen.Workload)
                    : null
            );
        return new OverrideTarget(type, @namespace, name, target, refusal);
    }

    /// <summary>The workload, when it is there.</summary>
    public WorkloadView? Workload => (Target as WorkloadLookup.Found)?.Workload;

    /// <summary>
    /// The size that freezing means: what it is, or, while power has it asleep, what it was. Null: it has none, or it
    /// is not known.
    /// </summary>
    public int? Size => OverrideWrites.IsScaled(Type, Workload) ? Baseline?.Replicas ?? Workload?.Replicas : null;

    /// <summary><c>type namespace/name</c>, for messages.</summary>
    public override string ToString() => $"{Type.Name} {ObjectRef.Placed(Namespace, Name)}";
}
