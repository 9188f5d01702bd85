using Ebb.Core.Time.Timetables;

namespace Ebb.Core.Time.Sizing;

/// <summary>
/// One scaled object and everything that says how large it is to be. The same instance as long as none of that changes.
/// </summary>
public abstract record IndexEntry
{
    /// <summary>Where it is.</summary>
    public required string Namespace { get; init; }

    /// <summary>The kind of the scaled object; for Schedules their parent.</summary>
    public required string Kind { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>What the schedule asks; null when nothing valid was ever seen.</summary>
    public required ITimetable? Timetable { get; init; }

    /// <summary>Something that it depends on has not been read yet: nothing may be decided.</summary>
    public bool Pending { get; init; }

    /// <summary>For memory over changes.</summary>
    public virtual string Key => KeyOf(GetType().Name, Kind, Namespace, Name);

    internal static string KeyOf(string entry, string kind, string @namespace, string name) =>
        $"{entry} {kind} {@namespace}/{name}";

    /// <inheritdoc/>
    public virtual bool Equals(IndexEntry? other) => ReferenceEquals(this, other);

    /// <inheritdoc/>
    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
}
