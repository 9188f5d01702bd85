namespace Ebb.Core.Capacity;

/// <summary>How many replicas fit where they are to be spread over domains of nodes.</summary>
internal static class SpreadFits
{
    /// <param name="room">The room.</param>
    /// <param name="spread">How they are spread.</param>
    /// <param name="changed">Parts of nodes that pending pods take something of; null: none.</param>
    public static long Of(FreeCapacity room, SpreadRule spread, Dictionary<int, NodePart>? changed)
    {
        Dictionary<string, (long There, long Fits)> domains = new(StringComparer.Ordinal);
        foreach (var load in room.Index.Nodes)
        {
            if (
                load?.Facts is not { } node
                || !node.Labels.TryGetValue(spread.Key, out var domain)
                || !IsDomain(room.Question.Placement, spread, node)
            )
                continue;
            var part = changed?.TryGetValue(load.Place, out var other) == true ? other : room.PartOf(load.Place);
            var (there, fits) = domains.GetValueOrDefault(domain);
            domains[domain] = (there + room.Neighbours.CountedOn(load.Place), fits + part.Fits);
        }

        return spread.Fits(domains.Values);
    }

    private static bool IsDomain(Placement placement, SpreadRule spread, NodeFacts node) =>
        (!spread.HonorsAffinity || placement.IsChosen(node)) && (!spread.HonorsTaints || placement.IsTolerated(node));
}
