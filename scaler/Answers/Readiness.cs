using Ebb.Kubernetes.Capacity;

namespace Ebb.Scaler.Answers;

/// <summary>Whether calls can be answered from what is known now.</summary>
internal sealed class Readiness(ScalerCluster cluster)
{
    /// <summary>Why not, or why some are not as good as they could be; empty: all are.</summary>
    public IReadOnlyList<string> Reasons
    {
        get
        {
            List<string> reasons = [];
            if (!cluster.Synced)
                reasons.Add("the cluster is not read yet");
            if (!cluster.CapacitySynced)
                reasons.Add("nodes and pods are not read yet");
            if (cluster.Contact.Reachable == false)
                reasons.Add("the API server does not answer: the last answers stay in force");
            reasons.AddRange(cluster.Troubles);
            if (cluster.DemandUnread is { } unread)
                reasons.Add(unread);
            if (cluster.Power.Unknown is { } why)
                reasons.Add($"power is not known: {why}");
            return reasons;
        }
    }

    public bool IsReady =>
        cluster.Synced && cluster.CapacitySynced && cluster.Contact.Reachable != false && cluster.Troubles.Count == 0;
}
