namespace Ebb.Core.Schedules;

/// <summary>
/// Scale to zero of what an HPA scales. An HPA stands still while its workload has 0 replicas and cannot itself go below 1, so its bounds
/// are left alone and the workload is scaled; afterwards to what it was, within the bounds, from where the HPA goes on.
/// </summary>
internal static class Emptying
{
    /// <summary>What must be done next for it; null: nothing, go on with the bounds.</summary>
    /// <param name="situation">With the workload in it.</param>
    /// <param name="uid">The UID that what is kept is bound to.</param>
    /// <param name="zero">It must be empty now.</param>
    /// <param name="kept">What is kept.</param>
    /// <param name="bounds">The HPA's, within which it wakes.</param>
    public static Finding? Decide(
        TargetSituation situation,
        string uid,
        bool zero,
        KeptSize? kept,
        (int Min, int Max) bounds
    )
    {
        if (situation.Workload is Look.Unknown unknown)
            return zero || kept?.Replicas is not null ? Finding.Of(unknown) : null;
        if (situation.Workload.It is not { Deleting: false, Replicas: { } current } workload)
            return zero && situation.Workload is Look.Absent absent ? Finding.Cannot(absent.What) : null;
        if (zero && WorkloadDecision.Refusal(workload) is { } refusal)
            return Finding.Cannot(refusal);
        var natural = kept?.Replicas ?? situation.Asleep ?? current;
        var filled = natural == 0 ? 0 : Math.Clamp(natural, bounds.Min, bounds.Max);
        var keep =
            zero && kept?.Replicas is null
                ? Keeping.Keep(situation, (kept ?? new KeptSize(uid, situation.Now)) with { Replicas = natural })
                : null;
        if (situation.Asleep is not null)
            return new Finding(
                WorkloadDecision.Steps(keep),
                null,
                null,
                new WakingSize(WorkloadDecision.NameOf(workload), zero ? 0 : filled, situation.Standing.Cause)
            );
        if (keep is not null)
            return Finding.Next(keep);
        if (zero)
            return current == 0 ? null : Finding.Next(WorkloadDecision.Scale(workload, 0));
        if (kept?.Replicas is null)
            return null;
        if (current == 0 && filled > 0)
            return Finding.Next(WorkloadDecision.Scale(workload, filled));
        return null;
    }
}
