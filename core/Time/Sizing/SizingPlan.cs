namespace Ebb.Core.Time.Sizing;

/// <summary>What must be done next about one scaled object, and how it stands.</summary>
/// <param name="Steps">In order; when one does not succeed the rest wait. After each the plan is created anew.</param>
/// <param name="Trouble">Why it cannot be as a schedule asks for it; null: it can.</param>
/// <param name="Hint">Something that people should know although it is in order; null: nothing.</param>
/// <param name="WakesTo">The size to which power must wake the workload; null: to what it was.</param>
public sealed record SizingPlan(
    IReadOnlyList<ScheduleWrite> Steps,
    string? Trouble = null,
    string? Hint = null,
    WakingSize? WakesTo = null
)
{
    /// <summary>Everything is as it should be.</summary>
    public static readonly SizingPlan Settled = new([]);

    /// <summary>Something is still being read: nothing is decided and nothing said.</summary>
    public bool Waits { get; init; }

    internal static SizingPlan Of(ObjectLookup.Unknown unknown) =>
        unknown.Lasting ? Cannot(unknown.Why) : Settled with { Waits = true };

    internal static SizingPlan Next(ScheduleWrite step, string? hint = null, WakingSize? wakesTo = null) =>
        new([step], null, hint, wakesTo);

    internal static SizingPlan Cannot(string trouble, WakingSize? wakesTo = null) => new([], trouble, null, wakesTo);
}

/// <summary>The size that a schedule asks for of a workload while power has it asleep.</summary>
/// <param name="Workload">Kind, namespace and name, in that order.</param>
/// <param name="Replicas">0 or more.</param>
/// <param name="Cause">Why.</param>
public sealed record WakingSize(WorkloadName Workload, int Replicas, string Cause);

/// <summary>A workload by name.</summary>
/// <param name="Kind">Such as Deployment.</param>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Name">Its name.</param>
public readonly record struct WorkloadName(string Kind, string Namespace, string Name)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Kind} {Namespace}/{Name}";
}
