using Ebb.Core.Hooks;

namespace Ebb.Core.Workloads;

/// <summary>Who changes objects, and holds what they were.</summary>
public enum BaselineSource
{
    /// <summary>Power.</summary>
    Power,

    /// <summary>What a person asked of it.</summary>
    Override,

    /// <summary>A schedule.</summary>
    Schedule,
}

/// <summary>
/// One source's hold on a baseline. An object has one baseline, whoever changes it; it goes when nobody holds it.
/// </summary>
/// <param name="Source">Who holds it.</param>
/// <param name="Type">The name of its type; of what only schedules size, its kind in lower case.</param>
/// <param name="Namespace">Its namespace; empty: it lives in none.</param>
/// <param name="Name">Its name.</param>
public readonly record struct BaselineKey(BaselineSource Source, string Type, string Namespace, string Name)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Type} {ObjectRef.Placed(Namespace, Name)}";
}

/// <summary>What is noted in a baseline while it stands.</summary>
/// <param name="Sizes">What overrides have asked since, the last one last; empty: not known.</param>
/// <param name="EmptiedFrom">
/// How many replicas its workload had before a schedule emptied it; null: it is not empty because of one.
/// </param>
public sealed record BaselineNotes(IReadOnlyList<int> Sizes, int? EmptiedFrom)
{
    /// <summary>Nothing.</summary>
    public static readonly BaselineNotes None = new([], null);

    /// <summary>The last run of a hook; null: there was none, or it belongs to no hook.</summary>
    public HookRun? Hook { get; init; }
}

/// <summary>A baseline as it is stored, as one of its holders has it.</summary>
/// <param name="Key">Of which object, and who holds it.</param>
/// <param name="Before">What that was, the same for all holders.</param>
/// <param name="Notes">What all holders have noted since.</param>
/// <param name="Ref">The Baseline itself.</param>
/// <param name="Uid">Its UID.</param>
/// <param name="Version">Its resourceVersion.</param>
public sealed record StoredBaseline(
    BaselineKey Key,
    Baseline Before,
    BaselineNotes Notes,
    ObjectRef Ref,
    string Uid,
    string Version
)
{
    /// <summary>All that hold it.</summary>
    public IReadOnlyList<BaselineSource> Holders { get; init; } = [Key.Source];

    /// <summary>Somebody deleted it while Ebb led and had not released it: it is known from memory.</summary>
    public bool IsDeleted { get; init; }
}
