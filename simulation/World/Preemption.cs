using System.Text.Json.Nodes;
using Ebb.Simulation.Json;
using Ebb.Simulation.Store;

namespace Ebb.Simulation.World;

/// <summary>
/// Which pods of lower priority are evicted for one that fits nowhere: on the node where the highest of them is lowest,
/// then where they are fewest.
/// </summary>
internal static class Preemption
{
    /// <param name="pod">The pod.</param>
    /// <param name="nodes">Nodes that it may go to, with what is free and the pods on them.</param>
    public static (string Node, IReadOnlyList<StoredObject> Victims)? Of(
        JsonObject pod,
        IEnumerable<(string Node, Func<string, double> Free, IReadOnlyList<StoredObject> Pods)> nodes
    )
    {
        var priority = Priority(pod);
        if (pod.Text("spec", "preemptionPolicy") == "Never")
        {
            return null;
        }

        var requests = PodSums.Of(pod);
        (string Node, List<StoredObject> Victims, long Highest)? best = null;
        foreach (var (node, free, pods) in nodes)
        {
            var lower = pods.Where(one => Priority(one.Tree) < priority)
                .OrderByDescending(one => Priority(one.Tree))
                .ToList();
            var room = requests.Keys.ToDictionary(
                name => name,
                name => free(name) + lower.Sum(one => PodSums.Of(one.Tree).GetValueOrDefault(name)) - requests[name]
            );
            if (lower.Count == 0 || room.Values.Any(left => left < -1e-9))
            {
                continue;
            }

            List<StoredObject> victims = [];
            foreach (var one in lower)
            {
                var takes = PodSums.Of(one.Tree);
                if (room.All(left => left.Value - takes.GetValueOrDefault(left.Key) >= -1e-9))
                {
                    foreach (var name in room.Keys.ToList())
                    {
                        room[name] -= takes.GetValueOrDefault(name);
                    }
                }
                else
                {
                    victims.Add(one);
                }
            }

            var highest = victims.Count == 0 ? long.MinValue : victims.Max(one => Priority(one.Tree));
            if (best is null || (highest, victims.Count).CompareTo((best.Value.Highest, best.Value.Victims.Count)) < 0)
            {
                best = (node, victims, highest);
            }
        }

        return best is { Victims.Count: > 0 } found ? (found.Node, found.Victims) : null;
    }

    private static long Priority(JsonObject pod) => pod.Whole("spec", "priority") ?? 0;
}
