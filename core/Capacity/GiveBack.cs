namespace Ebb.Core.Capacity;

/// <summary>
/// Who gives back how many replicas: those of the lowest priority first, and among equals whoever holds most, so that
/// what is left is even. It depends on what is held now and on nothing that was given before. One is filled anew for
/// each question, since a plan asks thousands.
/// </summary>
internal sealed class GiveBack
{
    private long[] _left = [];
    private int _needs;
    private Holder[] _holders = [];
    private long[] _totals = [];

    /// <summary>How many harvesters hold something.</summary>
    public int Count { get; private set; }

    /// <summary>Who.</summary>
    public Harvester Who(int holder) => _holders[holder].Who;

    /// <summary>How many of its pods go.</summary>
    public int Taken(int holder) => _holders[holder].Taken;

    /// <summary>Another question.</summary>
    /// <param name="needs">What is to become free of each resource; 0 or less: nothing.</param>
    public void Begin(ReadOnlySpan<long> needs)
    {
        (_needs, Count) = (needs.Length, 0);
        if (_left.Length < needs.Length)
            _left = new long[needs.Length];
        needs.CopyTo(_left);
    }

    /// <summary>A harvester that holds something; their order decides between equals and is not to change.</summary>
    /// <param name="who">The harvester.</param>
    /// <param name="all">How many pods, those included that are given back already.</param>
    /// <param name="given">How many are given back already.</param>
    /// <param name="holds">What it holds of the resource that is to be left even.</param>
    /// <param name="goes">All of them go, whatever is needed.</param>
    /// <returns>What all of them hold of each needed resource, to be filled in.</returns>
    public Span<long> Add(Harvester who, int all, int given, long holds, bool goes = false)
    {
        if (Count == _holders.Length)
            Array.Resize(ref _holders, Math.Max(4, Count * 2));
        if ((Count + 1) * _needs > _totals.Length)
            Array.Resize(ref _totals, Math.Max(16, (Count + 1) * _needs * 2));
        _holders[Count] = new Holder(who, all, given, holds, goes);
        return Totals(Count++);
    }

    /// <summary>How many of each holder's pods go; false: all together are not enough.</summary>
    /// <param name="level">The need whose resource is to be left even.</param>
    public bool Take(int level)
    {
        for (var i = 0; i < Count; i++)
            if (_holders[i].Goes)
                Move(i, _holders[i].Able);
        while (Lacks())
        {
            var next = Next(level, out var alone);
            if (next < 0)
                return false;
            Move(next, alone ? Enough(next) : 1);
        }

        if (Count > 1)
            Spare();
        return true;
    }

    /// <summary>
    /// What some of all pods hold: their even part of it, rounded down; pods are nearly always alike.
    /// </summary>
    public static long Part(long total, int count, int all)
    {
        if (count == 0 || all == 0)
            return 0;
        if (count == all)
            return total;
        var (each, rest) = Math.DivRem(total, all);
        return (each * count) + (rest == 0 ? 0 : rest * count / all);
    }

    private Span<long> Totals(int holder) => _totals.AsSpan(holder * _needs, _needs);

    // What becomes free when some more of its pods go.
    private long Frees(int holder, int need, int from, int to)
    {
        var (total, all, given) = (_totals[(holder * _needs) + need], _holders[holder].All, _holders[holder].Given);
        return total == 0 ? 0 : Part(total, given + to, all) - Part(total, given + from, all);
    }

    private bool Lacks()
    {
        for (var i = 0; i < _needs; i++)
            if (_left[i] > 0)
                return true;
        return false;
    }

    private int Next(int level, out bool alone)
    {
        var (best, bestHolds) = (-1, 0L);
        alone = true;
        for (var i = 0; i < Count; i++)
        {
            if (_holders[i].Taken == _holders[i].Able || !Helps(i))
                continue;
            var holds = _holders[i].Holds - Frees(i, level, 0, _holders[i].Taken);
            var order = best < 0 ? -1 : _holders[i].Who.Priority.CompareTo(_holders[best].Who.Priority);
            if (order == 0)
                alone = false;
            else if (order < 0)
                alone = true;
            if (order < 0 || (order == 0 && holds > bestHolds))
                (best, bestHolds) = (i, holds);
        }

        return best;
    }

    private bool Helps(int holder)
    {
        var totals = Totals(holder);
        for (var i = 0; i < _needs; i++)
            if (_left[i] > 0 && totals[i] > 0)
                return true;
        return false;
    }

    // The fewest with which it helps no more, or all that there are.
    private int Enough(int holder)
    {
        var (least, most) = (1, _holders[holder].Able - _holders[holder].Taken);
        while (least < most)
        {
            var middle = (least + most) / 2;
            if (IsEnough(holder, middle))
                most = middle;
            else
                least = middle + 1;
        }

        return least;
    }

    private bool IsEnough(int holder, int more)
    {
        var totals = Totals(holder);
        var taken = _holders[holder].Taken;
        for (var i = 0; i < _needs; i++)
            if (_left[i] > 0 && totals[i] > 0 && Frees(holder, i, taken, taken + more) < _left[i])
                return false;
        return true;
    }

    // Small pods may have gone before a large one that would have been enough without them; the highest priority first.
    private void Spare()
    {
        for (var last = (Priority: int.MaxValue, Index: -1); After(last) is >= 0 and var i; )
        {
            while (!_holders[i].Goes && _holders[i].Taken > 0 && CanStay(i))
                Move(i, -1);
            last = (_holders[i].Who.Priority, i);
        }
    }

    // The next one in the order of priority, the highest first, and of place.
    private int After((int Priority, int Index) last)
    {
        var found = -1;
        for (var i = 0; i < Count; i++)
        {
            var priority = _holders[i].Who.Priority;
            if (priority > last.Priority || (priority == last.Priority && i <= last.Index))
                continue;
            if (found < 0 || priority > _holders[found].Who.Priority)
                found = i;
        }

        return found;
    }

    private bool CanStay(int holder)
    {
        var taken = _holders[holder].Taken;
        for (var i = 0; i < _needs; i++)
            if (_left[i] + Frees(holder, i, taken - 1, taken) is > 0 and var lacks && lacks > _left[i])
                return false;
        return true;
    }

    private void Move(int holder, int by)
    {
        var taken = _holders[holder].Taken;
        for (var i = 0; i < _needs; i++)
            _left[i] -= Frees(holder, i, taken, taken + by);
        _holders[holder].Taken = taken + by;
    }

    private struct Holder(Harvester who, int all, int given, long holds, bool goes)
    {
        public readonly Harvester Who = who;
        public readonly int All = all;
        public readonly int Given = given;
        public readonly long Holds = holds;
        public readonly bool Goes = goes;
        public int Taken;

        public readonly int Able => All - Given;
    }
}
