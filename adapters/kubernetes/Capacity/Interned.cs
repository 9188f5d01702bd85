using Ebb.Core.Capacity;
using Ebb.Kubernetes.Resources;

namespace Ebb.Kubernetes.Capacity;

/// <summary>
/// Shares instances among thousands of pods with equal amounts, placements, owners or labels. Bounded like <see
/// cref="StringPool"/>: a slot keeps the last one that hashed to it. Resource names are numbered once for the whole
/// process.
/// </summary>
internal static class Interned
{
    private const int Slots = 4096;
    private static readonly Amounts?[] AllAmounts = new Amounts?[Slots];
    private static readonly Placement?[] AllPlacements = new Placement?[Slots];
    private static readonly PodOwner?[] AllOwners = new PodOwner?[Slots];
    private static readonly SmallDictionary?[] AllLabels = new SmallDictionary?[Slots];

    public static readonly ResourceTable Resources = new();

    public static Amounts Of(Amounts made) => Find(AllAmounts, made, made.GetHashCode(), static (a, b) => a.Equals(b));

    public static Placement Of(Placement made) =>
        Find(AllPlacements, made, made.GetHashCode(), static (a, b) => a.Equals(b));

    public static PodOwner Of(PodOwner made) => Find(AllOwners, made, made.GetHashCode(), static (a, b) => a.Equals(b));

    public static SmallDictionary Of(SmallDictionary made)
    {
        var hash = new HashCode();
        foreach (var (key, value) in made)
        {
            hash.Add(key);
            hash.Add(value);
        }

        return Find(AllLabels, made, hash.ToHashCode(), static (a, b) => a.Count == b.Count && a.SequenceEqual(b));
    }

    private static T Find<T>(T?[] slots, T made, int hash, Func<T, T, bool> same)
        where T : class
    {
        ref var kept = ref slots[(uint)hash % Slots];
        var known = Volatile.Read(ref kept);
        if (known is not null && same(known, made))
            return known;
        Volatile.Write(ref kept, made);
        return made;
    }
}
