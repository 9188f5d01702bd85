namespace Ebb.Core.Capacity;

/// <summary>How much of one thing a ResourceQuota allows all pods of its namespace together.</summary>
/// <param name="Quota">The name of the ResourceQuota.</param>
/// <param name="Name">What it bounds, as it is written there.</param>
/// <param name="Resource">The number of the resource; that of <c>pods</c> where pods are counted.</param>
/// <param name="OfLimits">It bounds limits and not requests.</param>
/// <param name="Hard">How much, in units.</param>
/// <param name="BestEffort">Only pods that are best effort, or only those that are not; null: all.</param>
/// <param name="Terminating">Only pods that have a deadline, or only those that have none; null: all.</param>
public sealed record QuotaRule(
    string Quota,
    string Name,
    int Resource,
    bool OfLimits,
    long Hard,
    bool? BestEffort = null,
    bool? Terminating = null
)
{
    /// <summary>What a pod uses of it.</summary>
    /// <param name="requests">Its requests.</param>
    /// <param name="limits">Its limits.</param>
    /// <param name="isBestEffort">It requests and limits neither cores nor memory.</param>
    /// <param name="hasDeadline">It has <c>spec.activeDeadlineSeconds</c>.</param>
    public long Use(Amounts requests, Amounts limits, bool isBestEffort, bool hasDeadline)
    {
        ArgumentNullException.ThrowIfNull(requests);
        ArgumentNullException.ThrowIfNull(limits);
        return (BestEffort ?? isBestEffort) != isBestEffort || (Terminating ?? hasDeadline) != hasDeadline
            ? 0
            : Math.Min((OfLimits ? limits : requests).Of(Resource), FreeCapacity.MostOfPod);
    }
}
