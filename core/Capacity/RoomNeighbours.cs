namespace Ebb.Core.Capacity;

/// <summary>
/// What other pods on a node mean for a replica beside what they request: whom it repels, who repels it, and who is
/// counted with it where it is spread.
/// </summary>
internal sealed class RoomNeighbours(CapacityQuery question, IReadOnlyList<NodeLoad?> nodes)
{
    private readonly ClosedDomains _closed = new(nodes, term => term.Selects(question.Replica!));
    private readonly Dictionary<int, int> _repelled = [];
    private readonly Dictionary<int, int> _counted = [];
    private readonly bool _alone = question.Replica is { } replica && replica.Repels.Any(term => term.Selects(replica));

    /// <summary>Who names a node goes past the scheduler, which alone looks at other pods.</summary>
    public bool IsScheduled => question.Placement.Node is null;

    /// <summary>Whether a pod matters here; quick, since it is asked of every pod.</summary>
    public bool Concern(PodFacts pod) =>
        IsScheduled
        && question.Replica is { } replica
        && (
            replica.Repels.Count > 0 || pod.Repels.Count > 0 || pod.RepelsInDomain.Count > 0 || question.Spread != null
        );

    /// <summary>Another workload's pod came to a node or went.</summary>
    public void Change(int place, PodFacts pod, int sign)
    {
        var replica = question.Replica!;
        if (replica.Repels.Any(term => term.Selects(pod)) || pod.Repels.Any(term => term.Selects(replica)))
            Count(_repelled, place, sign);
        _closed.Change(place, pod, sign);
        // The scheduler leaves out pods that are being deleted.
        if (!pod.Ending && question.Spread?.Counts.Selects(pod) == true)
            Count(_counted, place, sign);
    }

    /// <summary>Looks again at domains that take no replica.</summary>
    /// <returns>Whether they are others than before.</returns>
    public bool UpdateDomains() => _closed.Update();

    /// <summary>How many replicas a node takes at the most, whatever it has.</summary>
    public long MostOn(NodeLoad load) =>
        Closing(load) is not null ? 0
        : _alone && IsScheduled ? 1
        : int.MaxValue;

    /// <summary>What keeps new replicas away from a node; null: nobody does.</summary>
    public string? Closing(NodeLoad load) =>
        _repelled.ContainsKey(load.Place) ? "anti-affinity with a pod there"
        : _closed.Hold(load) ? "anti-affinity of a pod in its domain"
        : null;

    /// <summary>Other pods on a node that count where the workload is spread.</summary>
    public int CountedOn(int place) => _counted.GetValueOrDefault(place);

    public void Forget(int place)
    {
        _repelled.Remove(place);
        _counted.Remove(place);
    }

    private static void Count(Dictionary<int, int> counts, int place, int sign)
    {
        var count = counts.GetValueOrDefault(place) + sign;
        if (count == 0)
            counts.Remove(place);
        else
            counts[place] = count;
    }
}
