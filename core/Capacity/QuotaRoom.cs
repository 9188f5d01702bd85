namespace Ebb.Core.Capacity;

/// <summary>
/// What ResourceQuotas of its namespace leave a workload: what they allow less what other pods there use. Counted from
/// the pods themselves, since a quota's status runs ahead of what is seen of them.
/// </summary>
internal sealed class QuotaRoom(CapacityQuery question, ResourceTable resources)
{
    private readonly (int Cpu, int Memory) _compute = (resources.IdOf("cpu"), resources.IdOf("memory"));
    private readonly long[] _others = new long[question.Quotas.Count];
    private readonly long[] _own = new long[question.Quotas.Count];
    private long _count;

    /// <summary>A pod came or went.</summary>
    /// <returns>Whether it counts here.</returns>
    public bool Change(PodFacts pod, Harvester own, int sign)
    {
        if (question.Quotas.Count == 0 || pod.Namespace != question.Replica?.Namespace)
            return false;
        var mine = own.Owns(pod);
        // One of its own that is ending makes room for the next.
        if (mine && pod.Ending)
            return false;
        var isBestEffort = IsBestEffort(pod.Requests, pod.Limits);
        for (var i = 0; i < _others.Length; i++)
            (mine ? _own : _others)[i] +=
                sign * question.Quotas[i].Use(pod.Requests, pod.Limits, isBestEffort, pod.HasDeadline);
        _count += mine ? sign : 0;
        return true;
    }

    /// <summary>How many replicas are allowed, and by which quota; null: any number.</summary>
    /// <param name="replica">What one more requests.</param>
    public (long Most, string Quota)? Most(Amounts replica)
    {
        (long Most, string Quota)? least = null;
        var limits = question.Replica?.Limits ?? Amounts.None;
        for (var i = 0; i < _others.Length; i++)
        {
            var rule = question.Quotas[i];
            var one = rule.Use(replica, limits, IsBestEffort(replica, limits), question.Replica?.HasDeadline ?? false);
            if (one == 0)
                continue;
            var left = rule.Hard - _others[i];
            var most = left >= _own[i] ? _count + ((left - _own[i]) / one) : Math.Max(0, left) / one;
            if (least is null || most < least.Value.Most)
                least = (most, $"ResourceQuota {rule.Quota} allows {most} by {rule.Name}");
        }

        return least;
    }

    private bool IsBestEffort(Amounts requests, Amounts limits) =>
        requests.Of(_compute.Cpu) == 0
        && requests.Of(_compute.Memory) == 0
        && limits.Of(_compute.Cpu) == 0
        && limits.Of(_compute.Memory) == 0;
}
