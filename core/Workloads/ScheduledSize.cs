namespace Ebb.Core.Workloads;

/// <summary>
/// What a schedule asks a workload to be while power has it asleep: the size that it wakes to instead of its baseline.
/// The baseline itself stays what it is, and holds where a schedule asks for nothing or cannot tell.
/// </summary>
/// <param name="Replicas">0 or more.</param>
/// <param name="Cause">Why, in a few words.</param>
/// <param name="StaysPaused">With 0: the schedule takes over the pause of its ScaledObject, so that power leaves it
/// there.</param>
public sealed record ScheduledSize(int Replicas, string Cause, bool StaysPaused = false);
