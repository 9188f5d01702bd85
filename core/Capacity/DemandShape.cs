namespace Ebb.Core.Capacity;

/// <summary>Pending pods that are alike in all that decides where they go.</summary>
/// <param name="Placement">Where they may go.</param>
/// <param name="Requests">What each takes.</param>
/// <param name="Priority">Of each.</param>
/// <param name="Neighbours">Which other pods decide where they may go; null: none do.</param>
internal readonly record struct DemandShape(
    Placement Placement,
    Amounts Requests,
    int Priority,
    NeighbourRules? Neighbours = null
)
{
    /// <summary>How many of them one node takes at the most, whatever it has.</summary>
    public int MostOnNode => Neighbours is { IsAlone: true } ? 1 : int.MaxValue;

    public static DemandShape Of(PodFacts pod, RepelTerms terms) =>
        new(pod.Placement, pod.Requests, pod.Priority, NeighbourRules.Of(pod, terms));
}

/// <summary>
/// What one pod of a shape takes, in the order of the resources' names: their numbers differ from process to process,
/// and two of them are to give the same answer.
/// </summary>
internal sealed class DemandNeeds
{
    public DemandNeeds(ResourceTable resources, Amounts requests)
    {
        var pairs = requests.Pairs().OrderBy(pair => resources[pair.Id], StringComparer.Ordinal).ToList();
        Ids = [.. pairs.Select(pair => pair.Id)];
        Units = [.. pairs.Select(pair => pair.Value)];
        Words = string.Join(',', pairs.Select(pair => $"{resources[pair.Id]}={pair.Value}"));
    }

    public int[] Ids { get; }

    public long[] Units { get; }

    /// <summary>The same in words, to tell equals apart.</summary>
    public string Words { get; }
}
