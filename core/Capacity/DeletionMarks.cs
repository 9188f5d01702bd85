namespace Ebb.Core.Capacity;

/// <summary>Whether a pod is marked to be deleted before others of its workload.</summary>
public enum DeletionMark
{
    /// <summary>It is not.</summary>
    None,

    /// <summary>Somebody else gave it a deletion cost, which is left as it is.</summary>
    Others,

    /// <summary>By Ebb.</summary>
    Ours,
}

/// <summary>A pod that could be marked.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Node">Where it runs.</param>
/// <param name="Mark">Whether it is marked.</param>
public readonly record struct MarkedPod(string Name, string Node, DeletionMark Mark);

/// <summary>
/// Which pods of a workload are to be deleted first, so that the nodes are freed that pending pods need: as many on
/// each node as are given back there. Who is marked stays so; then by name.
/// </summary>
public static class DeletionMarks
{
    /// <summary>Names of those to mark, and of those to mark no more.</summary>
    /// <param name="pods">The workload's pods on nodes that are not being deleted.</param>
    /// <param name="given">How many are given back on each node.</param>
    public static (IReadOnlyList<string> Set, IReadOnlyList<string> Clear) Of(
        IReadOnlyCollection<MarkedPod> pods,
        IReadOnlyDictionary<string, int> given
    )
    {
        ArgumentNullException.ThrowIfNull(given);
        List<string> set = [],
            clear = [];
        foreach (var node in pods.Where(pod => pod.Mark != DeletionMark.Others).GroupBy(pod => pod.Node))
        {
            var ordered = node.OrderByDescending(pod => pod.Mark)
                .ThenBy(pod => pod.Name, StringComparer.Ordinal)
                .ToList();
            var wanted = Math.Min(given.GetValueOrDefault(node.Key), ordered.Count);
            set.AddRange(ordered.Take(wanted).Where(pod => pod.Mark == DeletionMark.None).Select(pod => pod.Name));
            clear.AddRange(ordered.Skip(wanted).Where(pod => pod.Mark == DeletionMark.Ours).Select(pod => pod.Name));
        }

        return (set, clear);
    }
}
