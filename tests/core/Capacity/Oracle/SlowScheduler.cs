namespace Ebb.Core.Tests.Capacity.Oracle;

/// <summary>
/// The filters of the scheduler as the Kubernetes documentation puts them, one pod and one node at a time: resources,
/// taints and tolerations, node selector and affinity.
/// </summary>
internal static class SlowScheduler
{
    /// <summary>NodeResourcesFit and NodePorts: of each resource that it takes there is enough.</summary>
    public static bool Fits(SlowNode node, IEnumerable<SlowPod> on, Dictionary<string, long> takes) =>
        takes.All(need => need.Value <= Has(node, need.Key) - on.Sum(pod => pod.Takes.GetValueOrDefault(need.Key)));

    public static long Has(SlowNode node, string resource) =>
        resource.StartsWith("hostPort/", StringComparison.Ordinal) ? 1 : node.Has.GetValueOrDefault(resource);

    /// <summary>NodeUnschedulable, NodeAffinity and TaintToleration, and the node is ready.</summary>
    public static bool Takes(SlowNode node, SlowWhere where) =>
        node.Ready
        && IsChosen(node, where)
        && (where.Node is null ? IsTolerated(node, where) : where.Node == node.Name && IsAdmitted(node, where));

    // Who names a node goes past the scheduler: a NoExecute taint alone would evict it.
    private static bool IsAdmitted(SlowNode node, SlowWhere where) =>
        node.Taints.TrueForAll(taint =>
            taint.Effect != "NoExecute" || where.Tolerations.Any(one => Tolerates(one, taint))
        );

    /// <summary>VolumeBinding: the claim exists, and its volume can be reached from the node.</summary>
    public static bool HasVolume(SlowNode node, SlowPod pod) =>
        !pod.LacksClaim && (pod.Volume.Count == 0 || pod.Volume.Any(term => term.All(need => IsMet(need, node))));

    public static bool IsTolerated(SlowNode node, SlowWhere where) =>
        Taints(node)
            .Where(taint => taint.Effect != "PreferNoSchedule")
            .All(taint => where.Tolerations.Any(one => Tolerates(one, taint)));

    public static bool IsChosen(SlowNode node, SlowWhere where) =>
        where.Selector.All(pair => node.Labels.GetValueOrDefault(pair.Key) == pair.Value)
        && (where.Terms.Count == 0 || where.Terms.Any(term => term.All(need => IsMet(need, node))));

    // A cordoned node carries the taint of that name.
    private static IEnumerable<SlowTaint> Taints(SlowNode node) =>
        node.Cordoned ? node.Taints.Append(new("node.kubernetes.io/unschedulable", "", "NoSchedule")) : node.Taints;

    private static bool Tolerates(SlowToleration one, SlowTaint taint)
    {
        if (one.Effect is not null && one.Effect != taint.Effect)
            return false;
        if (one.Key is null)
            return one.Operator == "Exists";
        if (one.Key != taint.Key)
            return false;
        if (one.Operator == "Exists")
            return true;
        if (one.Operator == "Equal")
            return one.Value == taint.Value;
        if (!int.TryParse(taint.Value, out var has) || !int.TryParse(one.Value, out var bound))
            return false;
        return one.Operator == "Gt" ? has > bound : has < bound;
    }

    private static bool IsMet(SlowNeed need, SlowNode node)
    {
        var has = node.Labels.GetValueOrDefault(need.Key);
        switch (need.Operator)
        {
            case "In":
                return has is not null && need.Values.Contains(has);
            case "NotIn":
                return has is null || !need.Values.Contains(has);
            case "Exists":
                return has is not null;
            case "DoesNotExist":
                return has is null;
            default:
                if (!int.TryParse(has, out var number))
                    return false;
                var bound = int.Parse(need.Values[0], System.Globalization.CultureInfo.InvariantCulture);
                return need.Operator == "Gt" ? number > bound : number < bound;
        }
    }
}
