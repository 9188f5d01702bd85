namespace Ebb.Core.Capacity;

/// <summary>How much of which resources, in millicores, bytes and counts. Immutable; what is not named is 0.</summary>
public sealed class Amounts : IEquatable<Amounts>
{
    /// <summary>Nothing of anything.</summary>
    public static readonly Amounts None = new([], []);

    private readonly int[] _ids;
    private readonly long[] _values;

    private Amounts(int[] ids, long[] values) => (_ids, _values) = (ids, values);

    /// <summary>From pairs of resource and amount; a resource that comes twice is added up.</summary>
    public static Amounts Of(IEnumerable<(int Id, long Value)> pairs)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        SortedDictionary<int, long> sum = [];
        foreach (var (id, value) in pairs)
            sum[id] = Plus(sum.GetValueOrDefault(id), value);
        var kept = sum.Where(pair => pair.Value != 0).ToList();
        return kept.Count == 0
            ? None
            : new Amounts([.. kept.Select(pair => pair.Key)], [.. kept.Select(pair => pair.Value)]);
    }

    /// <summary>How many resources are named.</summary>
    public int Count => _ids.Length;

    /// <summary>The pair at a place.</summary>
    public (int Id, long Value) this[int place] => (_ids[place], _values[place]);

    /// <summary>The amount of one resource.</summary>
    public long Of(int id)
    {
        var place = Array.BinarySearch(_ids, id);
        return place < 0 ? 0 : _values[place];
    }

    /// <summary>The same with another amount of one resource.</summary>
    public Amounts With(int id, long value) => Of(Pairs().Where(pair => pair.Id != id).Append((id, value)));

    /// <summary>The same, and what it does not name as the other says.</summary>
    public Amounts Or(Amounts other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return other.Count == 0 ? this
            : Count == 0 ? other
            : Of(Pairs().Concat(other.Pairs().Where(pair => Array.BinarySearch(_ids, pair.Id) < 0)));
    }

    /// <summary>All pairs.</summary>
    public IEnumerable<(int Id, long Value)> Pairs() => _ids.Zip(_values);

    /// <inheritdoc/>
    public bool Equals(Amounts? other) =>
        other is not null
        && (
            ReferenceEquals(this, other)
            || (_ids.AsSpan().SequenceEqual(other._ids) && _values.AsSpan().SequenceEqual(other._values))
        );

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Amounts);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var id in _ids)
            hash.Add(id);
        foreach (var value in _values)
            hash.Add(value);
        return hash.ToHashCode();
    }

    /// <summary>A sum that stops at the greatest long: manifests can ask for anything.</summary>
    internal static long Plus(long left, long right) => long.MaxValue - left < right ? long.MaxValue : left + right;
}
