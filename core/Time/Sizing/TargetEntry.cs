using Ebb.Core.Time.Specs;

namespace Ebb.Core.Time.Sizing;

/// <summary>An object that Schedules and ConfigMaps name, or a ScheduledPodAutoscaler that none names.</summary>
/// <param name="Target">What is sized; null when its Schedule does not say.</param>
/// <param name="Parent">The ScheduledPodAutoscaler, when it is one.</param>
/// <param name="Autoscaler">What that says; the last that was valid, when it is not now.</param>
/// <param name="Faults">What is wrong with that now.</param>
/// <param name="Members">In order of name.</param>
public sealed record TargetEntry(
    ScheduleTarget? Target,
    ObjectView? Parent,
    AutoscalerSpec? Autoscaler,
    IReadOnlyList<SpecFault> Faults,
    IReadOnlyList<IndexMember> Members
) : IndexEntry
{
    /// <inheritdoc/>
    public override string Key => Target is null ? base.Key : KeyOf(Target.Id, Namespace, Target.Name);

    /// <summary>Its key, by what it is about.</summary>
    /// <param name="id">Of the target's kind.</param>
    /// <param name="namespace">Where it is.</param>
    /// <param name="name">Its name.</param>
    public static string KeyOf(string id, string @namespace, string name) =>
        KeyOf(nameof(TargetEntry), id, @namespace, name);

    /// <inheritdoc/>
    public bool Equals(TargetEntry? other) => ReferenceEquals(this, other);

    /// <inheritdoc/>
    public override int GetHashCode() => base.GetHashCode();
}
