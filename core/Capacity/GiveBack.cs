namespace Ebb.Core.Capacity;

/// <summary>A harvester's pods that could be given back for one need.</summary>
/// <param name="Who">The harvester.</param>
/// <param name="Count">How many pods.</param>
/// <param name="One">What one of them takes of each needed resource.</param>
/// <param name="Holds">What the harvester holds altogether of the one that evenness is about.</param>
internal readonly record struct Holder(Harvester Who, int Count, long[] One, long Holds);

/// <summary>
/// Who gives back how many replicas: those of the lowest priority first, and among equals whoever holds most, so that
/// what is left is even. It depends on what is held now and on nothing that was given before.
/// </summary>
internal static class GiveBack
{
    /// <summary>How many of each holder's pods go; null: all together are not enough.</summary>
    /// <param name="holders">In an order that does not change, which decides between equals.</param>
    /// <param name="level">The need whose resource is to be left even.</param>
    /// <param name="needs">What is to become free of each resource; 0 or less: nothing.</param>
    public static int[]? Take(IReadOnlyList<Holder> holders, int level, long[] needs)
    {
        var left = (long[])needs.Clone();
        var counts = new int[holders.Count];
        while (Array.Exists(left, need => need > 0))
        {
            var next = Next(holders, counts, level, left, out var alone);
            if (next < 0)
                return null;
            var steps = alone ? Enough(holders[next], left, holders[next].Count - counts[next]) : 1;
            counts[next] += steps;
            Move(left, holders[next].One, -steps);
        }

        Spare(holders, counts, left);
        return counts;
    }

    private static int Next(IReadOnlyList<Holder> holders, int[] counts, int level, long[] left, out bool alone)
    {
        var (best, bestHolds) = (-1, 0L);
        alone = true;
        for (var i = 0; i < holders.Count; i++)
        {
            if (counts[i] == holders[i].Count || !Helps(holders[i].One, left))
                continue;
            var holds = holders[i].Holds - (counts[i] * holders[i].One[level]);
            var order = best < 0 ? -1 : holders[i].Who.Priority.CompareTo(holders[best].Who.Priority);
            if (order == 0)
                alone = false;
            else if (order < 0)
                alone = true;
            if (order < 0 || (order == 0 && holds > bestHolds))
                (best, bestHolds) = (i, holds);
        }

        return best;
    }

    private static bool Helps(long[] one, long[] left)
    {
        for (var i = 0; i < left.Length; i++)
            if (left[i] > 0 && one[i] > 0)
                return true;
        return false;
    }

    private static int Enough(Holder holder, long[] left, int most)
    {
        long steps = 1;
        for (var i = 0; i < left.Length; i++)
            if (left[i] > 0 && holder.One[i] > 0)
                steps = Math.Max(steps, (left[i] + holder.One[i] - 1) / holder.One[i]);
        return (int)Math.Min(steps, most);
    }

    // Small pods may have gone before a large one that would have been enough without them.
    private static void Spare(IReadOnlyList<Holder> holders, int[] counts, long[] left)
    {
        foreach (var i in Enumerable.Range(0, counts.Length).OrderByDescending(i => holders[i].Who.Priority))
        {
            var one = holders[i].One;
            while (counts[i] > 0 && left.Zip(one).All(pair => pair.First + pair.Second <= 0 || pair.Second == 0))
            {
                counts[i]--;
                Move(left, one, 1);
            }
        }
    }

    private static void Move(long[] left, long[] one, int times)
    {
        for (var i = 0; i < left.Length; i++)
            left[i] += times * one[i];
    }
}
