namespace Ebb.Simulation.World;

/// <summary>The pods that the nodes start: of each node only so many at once, the others one after the other.</summary>
internal sealed class StartQueue
{
    private readonly Dictionary<string, List<DateTimeOffset>> ends = new(StringComparer.Ordinal);

    /// <summary>When the node begins to start one more pod.</summary>
    public DateTimeOffset Begin(string node, int atOnce, TimeSpan takes, DateTimeOffset now)
    {
        if (!ends.TryGetValue(node, out var ahead))
        {
            ends[node] = ahead = [];
        }

        ahead.RemoveAll(end => end <= now);
        var begins = ahead.Count < atOnce ? now : ahead.Order().ElementAt(ahead.Count - atOnce);
        ahead.Add(begins + takes);
        return begins;
    }

    public void Forget(string node) => ends.Remove(node);
}
