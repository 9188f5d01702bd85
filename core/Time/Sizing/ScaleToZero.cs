namespace Ebb.Core.Time.Sizing;

/// <summary>
/// Scale to zero of what an HPA scales. An HPA stands still while its workload has 0 replicas and cannot itself go
/// below 1, so its bounds are left alone and the workload is scaled; afterwards to what it was, within the bounds, from
/// where the HPA goes on.
/// </summary>
internal static class ScaleToZero
{
    /// <summary>What must be done next for it; null: nothing, go on with the bounds.</summary>
    /// <param name="input">With the workload in it.</param>
    /// <param name="scaler">The HPA or its parent, to which what is kept is bound.</param>
    /// <param name="zero">It must be empty now.</param>
    /// <param name="kept">What is kept, or will be; null: what is new of it.</param>
    /// <param name="bounds">The HPA's, within which it wakes.</param>
    public static SizingPlan? Decide(
        TargetInput input,
        ObjectView scaler,
        bool zero,
        ScheduleBaseline? kept,
        (int Min, int Max) bounds
    )
    {
        if (input.Workload is ObjectLookup.Unknown unknown)
            return zero || input.EmptiedFrom is not null ? SizingPlan.Of(unknown) : null;
        if (input.Workload.It is not { Deleting: false, Replicas: { } current } workload)
            return zero && input.Workload is ObjectLookup.Absent absent ? SizingPlan.Cannot(absent.What) : null;
        if (zero && WorkloadDecision.Refusal(workload) is { } refusal)
            return SizingPlan.Cannot(refusal);
        var natural = input.EmptiedFrom ?? input.Asleep ?? current;
        var filled = natural == 0 ? 0 : Math.Clamp(natural, bounds.Min, bounds.Max);
        var keep = zero
            ? BaselineWrites.Keep(
                input,
                scaler,
                (kept ?? new ScheduleBaseline(scaler.Uid, input.Now, Scales: input.Scales)) with
                {
                    Replicas = natural,
                }
            )
            : null;
        // While power has it asleep, too: what was before is stored first, or it would be lost.
        if (keep is not null)
            return SizingPlan.Next(keep);
        if (input.Asleep is not null)
            return new SizingPlan(
                [],
                null,
                null,
                new WakingSize(WorkloadDecision.NameOf(workload), zero ? 0 : filled, input.State.Cause)
            );
        if (zero)
            return current == 0 ? null : SizingPlan.Next(WorkloadDecision.Scale(workload, 0));
        if (input.EmptiedFrom is null)
            return null;
        if (current == 0 && filled > 0)
            return SizingPlan.Next(WorkloadDecision.Scale(workload, filled));
        return null;
    }
}
