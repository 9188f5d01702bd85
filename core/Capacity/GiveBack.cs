namespace Ebb.Core.Capacity;

/// <summary>A harvester's pods that could be given back for one need.</summary>
/// <param name="Who">The harvester.</param>
/// <param name="All">How many pods, those included that are given back already.</param>
/// <param name="Given">How many are given back already.</param>
/// <param name="Totals">What all of them hold of each needed resource.</param>
/// <param name="Holds">What the harvester holds of the one that evenness is about.</param>
internal readonly record struct Holder(Harvester Who, int All, int Given, long[] Totals, long Holds)
{
    public int Count => All - Given;

    /// <summary>What becomes free when some more of them go.</summary>
    public long Frees(int need, int count) => Part(Totals[need], Given + count, All) - Part(Totals[need], Given, All);

    /// <summary>
    /// What some of all pods hold: their even part of it, rounded down; pods are nearly always alike.
    /// </summary>
    public static long Part(long total, int count, int all) =>
        all == 0 ? 0 : (total / all * count) + (total % all * count / all);
}

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
            Move(left, holders[next], ref counts[next], alone ? Enough(holders[next], counts[next], left) : 1);
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
            if (counts[i] == holders[i].Count || !Helps(holders[i].Totals, left))
                continue;
            var holds = holders[i].Holds - holders[i].Frees(level, counts[i]);
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

    private static bool Helps(long[] totals, long[] left)
    {
        for (var i = 0; i < left.Length; i++)
            if (left[i] > 0 && totals[i] > 0)
                return true;
        return false;
    }

    // The fewest with which it helps no more, or all that there are.
    private static int Enough(Holder holder, int taken, long[] left)
    {
        var (least, most) = (1, holder.Count - taken);
        while (least < most)
        {
            var middle = (least + most) / 2;
            if (IsEnough(holder, taken, middle, left))
                most = middle;
            else
                least = middle + 1;
        }

        return least;
    }

    private static bool IsEnough(Holder holder, int taken, int more, long[] left)
    {
        for (var i = 0; i < left.Length; i++)
            if (left[i] > 0 && holder.Totals[i] > 0 && holder.Frees(i, taken + more) - holder.Frees(i, taken) < left[i])
                return false;
        return true;
    }

    // Small pods may have gone before a large one that would have been enough without them.
    private static void Spare(IReadOnlyList<Holder> holders, int[] counts, long[] left)
    {
        if (holders.Count == 1)
            return;
        foreach (var i in Enumerable.Range(0, counts.Length).OrderByDescending(i => holders[i].Who.Priority))
            while (counts[i] > 0 && CanStay(holders[i], counts[i], left))
                Move(left, holders[i], ref counts[i], -1);
    }

    private static bool CanStay(Holder holder, int count, long[] left)
    {
        for (var i = 0; i < left.Length; i++)
            if (left[i] + holder.Frees(i, count) - holder.Frees(i, count - 1) is > 0 and var lacks && lacks > left[i])
                return false;
        return true;
    }

    private static void Move(long[] left, Holder holder, ref int count, int by)
    {
        for (var i = 0; i < left.Length; i++)
            left[i] -= holder.Frees(i, count + by) - holder.Frees(i, count);
        count += by;
    }
}
