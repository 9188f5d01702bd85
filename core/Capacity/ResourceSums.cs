namespace Ebb.Core.Capacity;

/// <summary>Sums of amounts, resource by resource.</summary>
internal sealed class ResourceSums
{
    private long[] _values = [];

    /// <summary>One above the greatest number of a resource.</summary>
    public int Count => _values.Length;

    public long this[int resource] => resource < _values.Length ? _values[resource] : 0;

    /// <summary>Amounts times a count, which may be negative.</summary>
    public void Add(Amounts amounts, long times)
    {
        for (var i = 0; i < amounts.Count; i++)
        {
            var (id, value) = amounts[i];
            Add(id, times * Math.Min(value, FreeCapacity.MostOfPod));
        }
    }

    /// <summary>Units of one resource, which may be negative.</summary>
    public void Add(int resource, long units)
    {
        if (resource >= _values.Length)
            Array.Resize(ref _values, resource + 1);
        _values[resource] += units;
    }

    /// <summary>Other sums times 1 or -1.</summary>
    public void Add(ResourceSums other, int sign)
    {
        for (var id = 0; id < other._values.Length; id++)
            Add(id, sign * other._values[id]);
    }
}
