namespace Ebb.Core.Workloads;

/// <summary>
/// The size that a workload wakes to instead of its baseline, because the time has come or gone for something else
/// while power had it asleep. The baseline itself stays what it is, and holds where nobody asks for another size.
/// </summary>
/// <param name="Replicas">0 or more.</param>
/// <param name="Cause">Why, in a few words.</param>
/// <param name="StaysPaused">With 0: the schedule takes over the pause of its ScaledObject, so that power leaves it
/// there.</param>
public sealed record SizeAtWaking(int Replicas, string Cause, bool StaysPaused = false)
{
    /// <summary>A schedule asks for it; else nobody does any more, and it is what was before.</summary>
    public bool IsScheduled { get; init; } = true;
}
