namespace Ebb.Core.Capacity;

/// <summary>A topology spread that the scheduler enforces (<c>whenUnsatisfiable: DoNotSchedule</c>).</summary>
/// <param name="Key">The label of nodes that names a domain.</param>
/// <param name="MaxSkew">How many more than in the emptiest domain there may be, 1 or more.</param>
/// <param name="MinDomains">With fewer domains than this the emptiest counts as having none; null: 1.</param>
/// <param name="Counts">The pods that are counted.</param>
/// <param name="HonorsTaints">Nodes whose taints keep the pod away are no domains.</param>
/// <param name="HonorsAffinity">Nodes that selector and affinity exclude are no domains.</param>
public sealed record SpreadRule(
    string Key,
    int MaxSkew,
    int? MinDomains,
    PodTerm Counts,
    bool HonorsTaints,
    bool HonorsAffinity
)
{
    /// <summary>
    /// It counts replicas. Where its selector means other pods alone a replica changes no skew, so that a domain is
    /// open or closed whatever goes there.
    /// </summary>
    public bool CountsReplicas { get; init; } = true;

    /// <summary>
    /// How many replicas fit in all, from what fits in each domain and what others have in it already.
    /// </summary>
    public long Fits(ReadOnlySpan<SpreadDomain> domains) => CountsReplicas ? FitsEvenly(domains) : FitsInOpen(domains);

    private long FitsInOpen(ReadOnlySpan<SpreadDomain> domains)
    {
        var (least, count, fits) = (long.MaxValue, 0, 0L);
        foreach (ref readonly var domain in domains)
            if (domain.Nodes > 0)
                (least, count) = (Math.Min(least, domain.There), count + 1);
        if (count < (MinDomains ?? 1))
            least = 0;
        // Who runs in a closed domain stays there.
        foreach (ref readonly var domain in domains)
            if (domain.Nodes > 0)
                fits += domain.There - least <= MaxSkew ? domain.Fits : domain.Stays;
        return fits;
    }

    private long FitsEvenly(ReadOnlySpan<SpreadDomain> domains)
    {
        var (least, count) = (long.MaxValue, 0);
        foreach (ref readonly var domain in domains)
        {
            if (domain.Nodes == 0)
                continue;
            count++;
            least = Math.Min(least, domain.There + domain.Fits);
        }

        if (count == 0)
            return 0;
        // The scheduler always may fill the emptiest domain; it stands still when that one is full.
        var most = (count < (MinDomains ?? 1) ? 0 : least) + MaxSkew;
        var fits = 0L;
        foreach (ref readonly var domain in domains)
            if (domain.Nodes > 0)
                fits += Math.Clamp(most - domain.There, 0, domain.Fits);
        return fits;
    }
}
