using Ebb.Core.Planning.Sleeping;
using Ebb.Core.Planning.Waves;

namespace Ebb.Core.Planning.Overrides;

/// <summary>A workload that a person speaks about, whether or not an UpsScaler names it.</summary>
/// <param name="Type">How it is sized.</param>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Name">Its name.</param>
/// <param name="Target">Whether it was found.</param>
/// <param name="Refusal">Why it must not be touched; null: it may be.</param>
/// <param name="Baseline">What power remembers of it; null: power has not got it.</param>
public sealed record Subject(
    WorkloadType Type,
    string Namespace,
    string Name,
    Sighting Target,
    string? Refusal = null,
    Baseline? Baseline = null
)
{
    /// <summary>What an UpsScaler names; null when that is no workload.</summary>
    public static Subject? Of(Member member)
    {
        ArgumentNullException.ThrowIfNull(member);
        var scaler = member.Scaler;
        return member.Type is { } type && scaler.TargetName is { } name
            ? new Subject(type, scaler.TargetNamespace, name, scaler.Target, member.Refusal, scaler.Baseline)
            : null;
    }

    /// <summary>What no UpsScaler names.</summary>
    public static Subject Of(
        WorkloadType type,
        string @namespace,
        string name,
        Sighting target,
        IReadOnlyCollection<Protected> guarded
    )
    {
        ArgumentNullException.ThrowIfNull(type);
        ArgumentNullException.ThrowIfNull(guarded);
        var refusal =
            guarded.FirstOrDefault(g => g.Namespace == @namespace && g.Name == name)?.Why
            ?? (target is Sighting.Seen seen ? Sleeps.Of(type.Method).Refusal(seen.Workload) : null);
        return new Subject(type, @namespace, name, target, refusal);
    }

    /// <summary>The workload, when it is there.</summary>
    public WorkloadView? Workload => (Target as Sighting.Seen)?.Workload;

    /// <summary>The size that freezing means: what it is, or, while power has it asleep, what it was. Null: it has none, or it is not known.</summary>
    public int? Size => Holding.IsScaled(Type) ? Baseline?.Replicas ?? Workload?.Replicas : null;

    /// <summary><c>type namespace/name</c>, for people.</summary>
    public override string ToString() => $"{Type.Name} {Namespace}/{Name}";
}
