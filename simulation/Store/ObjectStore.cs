using System.Text.Json.Nodes;
using Ebb.Simulation.Json;
using Ebb.Simulation.Resources;

namespace Ebb.Simulation.Store;

/// <summary>
/// What etcd is to the API server: objects, one counter for all versions, history and watches. It knows no rules.
/// Every member is called while <see cref="Gate"/> is held.
/// </summary>
internal sealed class ObjectStore
{
    /// <summary>Writes kept per resource for watches that start in the past.</summary>
    private const int HistoryLimit = 20_000;

    private readonly Dictionary<ResourceType, Shelf> shelves = [];
    private readonly Dictionary<
        string,
        Dictionary<string, (ResourceType Type, string Namespace, string Name)>
    > dependents = new(StringComparer.Ordinal);

    private long compactedTo;

    public Lock Gate { get; } = new();

    /// <summary>The version of the last write.</summary>
    public long Version { get; private set; } = 1;

    /// <summary>Told of every write, in order, while the gate is held.</summary>
    public event Action<Change>? Changed;

    public Shelf Shelf(ResourceType type)
    {
        if (!shelves.TryGetValue(type, out var shelf))
        {
            shelf = new Shelf { CompactedTo = compactedTo };
            shelves.Add(type, shelf);
        }

        return shelf;
    }

    public StoredObject? Find(ResourceType type, string ns, string name) => Shelf(type).Find(ns, name);

    public IEnumerable<StoredObject> All(ResourceType type, string? ns = null) => Shelf(type).All(ns);

    /// <summary>The objects that name this one as an owner.</summary>
    public IReadOnlyList<(ResourceType Type, StoredObject Object)> Dependents(string uid)
    {
        if (!dependents.TryGetValue(uid, out var keys))
        {
            return [];
        }

        var found = new List<(ResourceType, StoredObject)>(keys.Count);
        foreach (var (type, ns, name) in keys.Values)
        {
            if (Find(type, ns, name) is { } stored)
            {
                found.Add((type, stored));
            }
        }

        return found;
    }

    /// <summary>Writes a tree that becomes the store's own: the caller does not touch it again. Returns the stored version.</summary>
    public StoredObject Put(ResourceType type, JsonObject tree)
    {
        var shelf = Shelf(type);
        var old = shelf.Find(tree.Namespace(), tree.Name());
        tree.Meta()["resourceVersion"] = (++Version).ToString(System.Globalization.CultureInfo.InvariantCulture);
        var stored = new StoredObject(tree, Version);
        shelf.Set(stored);
        if (old is not null)
        {
            Unlink(old.Tree);
        }

        Link(type, tree);
        Publish(shelf, new Change(type, old is null ? ChangeKind.Added : ChangeKind.Modified, old, stored));
        return stored;
    }

    public StoredObject Remove(ResourceType type, StoredObject old)
    {
        var shelf = Shelf(type);
        shelf.Remove(old.Tree.Namespace(), old.Tree.Name());
        Unlink(old.Tree);
        var last = old.Tree.Copy();
        last.Meta()["resourceVersion"] = (++Version).ToString(System.Globalization.CultureInfo.InvariantCulture);
        var stored = new StoredObject(last, Version);
        Publish(shelf, new Change(type, ChangeKind.Deleted, old, stored));
        return stored;
    }

    /// <summary>
    /// A write that was made elsewhere, with the version it was given there: later than all so far it is seen by watches, else it is
    /// what was there before anybody looked.
    /// </summary>
    public void Receive(ResourceType type, JsonObject tree, long version, bool deleted)
    {
        var shelf = Shelf(type);
        var old = shelf.Find(tree.Namespace(), tree.Name());
        var stored = new StoredObject(tree, version);
        if (old is not null)
        {
            Unlink(old.Tree);
        }

        if (deleted)
        {
            shelf.Remove(tree.Namespace(), tree.Name());
        }
        else
        {
            shelf.Set(stored);
            Link(type, tree);
        }

        if (version > Version)
        {
            Version = version;
            Publish(
                shelf,
                new Change(
                    type,
                    deleted ? ChangeKind.Deleted
                        : old is null ? ChangeKind.Added
                        : ChangeKind.Modified,
                    old,
                    stored
                )
            );
        }
    }

    /// <summary>Other writes, of which nothing is to be known here, moved the version up.</summary>
    public void Reach(long version) => Version = Math.Max(Version, version);

    /// <summary>Forgets all history: watches and exact lists from before now are "too old".</summary>
    public void Compact()
    {
        foreach (var shelf in shelves.Values)
        {
            shelf.History.Clear();
            shelf.CompactedTo = Version;
        }

        compactedTo = Version;
    }

    public void EndWatches(bool expired, ResourceType? only = null)
    {
        foreach (var (type, shelf) in shelves)
        {
            if (only is null || type == only)
            {
                foreach (var watcher in shelf.Watchers)
                {
                    watcher.End(expired);
                }

                shelf.Watchers.Clear();
            }
        }
    }

    /// <summary>Drops a resource that is no longer defined, with its objects already gone, and closes its watches.</summary>
    public void Forget(ResourceType type)
    {
        if (shelves.Remove(type, out var shelf))
        {
            foreach (var watcher in shelf.Watchers)
            {
                watcher.End(expired: false);
            }
        }
    }

    /// <summary>A definition has changed: what is stored stays, under the new type.</summary>
    public void Rename(ResourceType old, ResourceType now)
    {
        if (shelves.Remove(old, out var shelf))
        {
            shelves[now] = shelf;
            foreach (var keys in dependents.Values)
            {
                foreach (var (key, value) in keys.Where(k => k.Value.Type == old).ToList())
                {
                    keys[key] = (now, value.Namespace, value.Name);
                }
            }
        }
    }

    private void Publish(Shelf shelf, Change change)
    {
        shelf.History.Add(change);
        if (shelf.History.Count > HistoryLimit)
        {
            shelf.CompactedTo = shelf.History[HistoryLimit / 2].Version;
            shelf.History.RemoveRange(0, (HistoryLimit / 2) + 1);
        }

        foreach (var watcher in shelf.Watchers)
        {
            watcher.Offer(change);
        }

        Changed?.Invoke(change);
    }

    private void Link(ResourceType type, JsonObject tree)
    {
        foreach (var owner in tree.Objects("metadata", "ownerReferences"))
        {
            if (owner.Text("uid") is { } uid)
            {
                if (!dependents.TryGetValue(uid, out var keys))
                {
                    keys = new(StringComparer.Ordinal);
                    dependents.Add(uid, keys);
                }

                keys[tree.Uid()] = (type, tree.Namespace(), tree.Name());
            }
        }
    }

    private void Unlink(JsonObject tree)
    {
        foreach (var owner in tree.Objects("metadata", "ownerReferences"))
        {
            if (owner.Text("uid") is { } uid && dependents.TryGetValue(uid, out var keys))
            {
                keys.Remove(tree.Uid());
                if (keys.Count == 0)
                {
                    dependents.Remove(uid);
                }
            }
        }
    }
}
