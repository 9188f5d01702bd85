using Ebb.Simulation.Json;

namespace Ebb.Simulation.Store;

/// <summary>
/// All objects of one resource, in the order in which the API lists them: by namespace, then by name.
/// </summary>
internal sealed class ResourceCollection
{
    private readonly SortedDictionary<string, SortedDictionary<string, StoredObject>> namespaces = new(
        StringComparer.Ordinal
    );

    private readonly List<Change> history = [];

    public int Count { get; private set; }

    /// <summary>Writes of this resource, oldest first, since the last compaction.</summary>
    public IReadOnlyList<Change> History => history;

    /// <summary>About how many bytes the history keeps in memory.</summary>
    public long HistorySize { get; private set; }

    /// <summary>Watches and exact reads from before this version are "too old".</summary>
    public long CompactedTo { get; set; }

    public List<Watcher> Watchers { get; } = [];

    public void Record(Change change)
    {
        history.Add(change);
        HistorySize += change.New.Size;
    }

    /// <summary>The older half goes.</summary>
    public void ForgetHalf()
    {
        var gone = (history.Count + 1) / 2;
        CompactedTo = history[gone - 1].Version;
        HistorySize -= history.Take(gone).Sum(change => change.New.Size);
        history.RemoveRange(0, gone);
    }

    public void ForgetHistory(long version)
    {
        history.Clear();
        HistorySize = 0;
        CompactedTo = version;
    }

    public StoredObject? Find(string ns, string name) =>
        namespaces.TryGetValue(ns, out var names) && names.TryGetValue(name, out var found) ? found : null;

    public IEnumerable<StoredObject> All(string? ns)
    {
        if (ns is not null)
        {
            return namespaces.TryGetValue(ns, out var names) ? names.Values : [];
        }

        return namespaces.Values.SelectMany(n => n.Values);
    }

    public void Set(StoredObject stored)
    {
        var ns = stored.Tree.Namespace();
        if (!namespaces.TryGetValue(ns, out var names))
        {
            names = new SortedDictionary<string, StoredObject>(StringComparer.Ordinal);
            namespaces.Add(ns, names);
        }

        if (!names.ContainsKey(stored.Tree.Name()))
        {
            Count++;
        }

        names[stored.Tree.Name()] = stored;
    }

    public void Remove(string ns, string name)
    {
        if (namespaces.TryGetValue(ns, out var names) && names.Remove(name))
        {
            Count--;
            if (names.Count == 0)
            {
                namespaces.Remove(ns);
            }
        }
    }

    /// <summary>
    /// The objects as they were at a version that is not compacted away: the present, with later writes undone.
    /// </summary>
    public IEnumerable<StoredObject> AllAt(long version, string? ns)
    {
        var undone = new Dictionary<(string, string), StoredObject?>();
        for (var i = History.Count - 1; i >= 0 && History[i].Version > version; i--)
        {
            var change = History[i];
            undone[(change.New.Tree.Namespace(), change.New.Tree.Name())] = change.Old;
        }

        if (undone.Count == 0)
        {
            return All(ns);
        }

        var then = new SortedDictionary<(string, string), StoredObject>(NameOrder.Instance);
        foreach (var stored in All(ns))
        {
            then[(stored.Tree.Namespace(), stored.Tree.Name())] = stored;
        }

        foreach (var (key, old) in undone)
        {
            if (ns is not null && key.Item1 != ns)
            {
                continue;
            }

            then.Remove(key);
            if (old is not null)
            {
                then[key] = old;
            }
        }

        return then.Values;
    }

    private sealed class NameOrder : IComparer<(string, string)>
    {
        public static readonly NameOrder Instance = new();

        public int Compare((string, string) x, (string, string) y)
        {
            var byNamespace = string.CompareOrdinal(x.Item1, y.Item1);
            return byNamespace != 0 ? byNamespace : string.CompareOrdinal(x.Item2, y.Item2);
        }
    }
}
