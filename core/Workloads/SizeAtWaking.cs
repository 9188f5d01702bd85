using Ebb.Core.Claims;

namespace Ebb.Core.Workloads;

/// <summary>
/// The size that a workload wakes to instead of its baseline, because somebody else than power asks for it by then. The
/// baseline itself stays what it is, and holds where nobody asks for another size.
/// </summary>
/// <param name="Replicas">0 or more; of what has none, 0 is asleep and all else awake.</param>
/// <param name="Cause">Why, in a few words.</param>
/// <param name="StaysPaused">Whoever asks has paused its ScaledObject at that size, so that power leaves it
/// there.</param>
public sealed record SizeAtWaking(int Replicas, string Cause, bool StaysPaused = false)
{
    /// <summary>Who asks.</summary>
    public ClaimSource Source { get; init; } = ClaimSource.Schedule;

    /// <summary>What it is woken to, of what it was.</summary>
    /// <param name="was">Its baseline.</param>
    /// <param name="workload">As it is now; null: not known.</param>
    /// <param name="sleep">How it sleeps; null: not known.</param>
    internal Baseline Of(Baseline was, WorkloadView? workload, ISleepStrategy? sleep) =>
        was.Replicas is { } size
            ? was with
            {
                Replicas = Replicas,
                // One that was whole is waited for whole, whatever its size is now.
                Ready = Replicas > 0 && was.Ready < size ? was.Ready : null,
                Annotations = StaysPaused
                    ? [new(WellKnown.PausedReplicasAnnotation, FormattableString.Invariant($"{Replicas}"))]
                    : was.Annotations,
            }
        : Replicas > 0 ? (Source == ClaimSource.Override ? was.Running : was)
        : workload is not null && sleep is not null ? sleep.StayingAsleep(workload, was)
        : was;
}
