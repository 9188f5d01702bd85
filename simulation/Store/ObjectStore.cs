using System.Text.Json.Nodes;
using Ebb.Simulation.Json;
using Ebb.Simulation.Resources;

namespace Ebb.Simulation.Store;

/// <summary>
/// The storage behind the API server, as etcd is: objects, one counter for all versions, history and watches.
/// Every member is called while <see cref="SyncLock"/> is held.
/// </summary>
internal sealed class ObjectStore
{
    /// <summary>
    /// Writes kept per resource for watches that start in the past, and about how many bytes of them.
    /// </summary>
    private const int HistoryLimit = 20_000;

    private const long HistoryBytes = 32L << 20;

    private readonly Dictionary<ApiResource, ResourceCollection> collections = [];
    private readonly Dictionary<
        string,
        Dictionary<string, (ApiResource Type, string Namespace, string Name)>
    > dependents = new(StringComparer.Ordinal);

    private long compactedTo;

    public Lock SyncLock { get; } = new();

    /// <summary>The version of the last write.</summary>
    public long Version { get; private set; } = 1;

    /// <summary>Called with every write, in order, while the lock is held.</summary>
    public event Action<Change>? Changed;

    public ResourceCollection Collection(ApiResource type)
    {
        if (!collections.TryGetValue(type, out var collection))
        {
            collection = new ResourceCollection { CompactedTo = compactedTo };
            collections.Add(type, collection);
        }

        return collection;
    }

    public StoredObject? Find(ApiResource type, string ns, string name) => Collection(type).Find(ns, name);

    public IEnumerable<StoredObject> All(ApiResource type, string? ns = null) => Collection(type).All(ns);

    /// <summary>The objects that name this one as an owner.</summary>
    public IReadOnlyList<(ApiResource Type, StoredObject Object)> Dependents(string uid)
    {
        if (!dependents.TryGetValue(uid, out var keys))
        {
            return [];
        }

        var found = new List<(ApiResource, StoredObject)>(keys.Count);
        foreach (var (type, ns, name) in keys.Values)
        {
            if (Find(type, ns, name) is { } stored)
            {
                found.Add((type, stored));
            }
        }

        return found;
    }

    /// <summary>Writes a tree, which the caller must not change afterwards. Returns the stored version.</summary>
    public StoredObject Put(ApiResource type, JsonObject tree)
    {
        var collection = Collection(type);
        var old = collection.Find(tree.Namespace(), tree.Name());
        tree.Meta()["resourceVersion"] = (++Version).ToString(System.Globalization.CultureInfo.InvariantCulture);
        var stored = new StoredObject(tree, Version);
        collection.Set(stored);
        if (old is not null)
        {
            Unlink(old.Tree);
        }

        Link(type, tree);
        Publish(collection, new Change(type, old is null ? ChangeKind.Added : ChangeKind.Modified, old, stored));
        return stored;
    }

    public StoredObject Remove(ApiResource type, StoredObject old)
    {
        var collection = Collection(type);
        collection.Remove(old.Tree.Namespace(), old.Tree.Name());
        Unlink(old.Tree);
        var last = old.Tree.Copy();
        last.Meta()["resourceVersion"] = (++Version).ToString(System.Globalization.CultureInfo.InvariantCulture);
        var stored = new StoredObject(last, Version);
        Publish(collection, new Change(type, ChangeKind.Deleted, old, stored));
        return stored;
    }

    /// <summary>
    /// A write that was made elsewhere, with its version there. When that is later than all so far, watches see it;
    /// else it counts as older than every watch.
    /// </summary>
    public void Receive(ApiResource type, JsonObject tree, long version, bool deleted)
    {
        var collection = Collection(type);
        var old = collection.Find(tree.Namespace(), tree.Name());
        var stored = new StoredObject(tree, version);
        if (old is not null)
        {
            Unlink(old.Tree);
        }

        if (deleted)
        {
            collection.Remove(tree.Namespace(), tree.Name());
        }
        else
        {
            collection.Set(stored);
            Link(type, tree);
        }

        if (version > Version)
        {
            Version = version;
            Publish(
                collection,
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

    /// <summary>Writes that are not replayed here moved the version up.</summary>
    public void Reach(long version) => Version = Math.Max(Version, version);

    /// <summary>Drops all history: watches and exact lists from before now are "too old".</summary>
    public void Compact()
    {
        foreach (var collection in collections.Values)
        {
            collection.ForgetHistory(Version);
        }

        compactedTo = Version;
    }

    public void EndWatches(bool expired, ApiResource? only = null)
    {
        foreach (var (type, collection) in collections)
        {
            if (only is null || type == only)
            {
                foreach (var watcher in collection.Watchers)
                {
                    watcher.End(expired);
                }

                collection.Watchers.Clear();
            }
        }
    }

    /// <summary>Removes a resource that is no longer defined and has no objects, and closes its watches.</summary>
    public void Forget(ApiResource type)
    {
        if (collections.Remove(type, out var collection))
        {
            foreach (var watcher in collection.Watchers)
            {
                watcher.End(expired: false);
            }
        }
    }

    /// <summary>A definition has changed: its objects are kept under the new type.</summary>
    public void Rename(ApiResource old, ApiResource now)
    {
        if (collections.Remove(old, out var collection))
        {
            collections[now] = collection;
            foreach (var keys in dependents.Values)
            {
                foreach (var (key, value) in keys.Where(k => k.Value.Type == old).ToList())
                {
                    keys[key] = (now, value.Namespace, value.Name);
                }
            }
        }
    }

    private void Publish(ResourceCollection collection, Change change)
    {
        collection.Record(change);
        if (collection.History.Count > HistoryLimit || collection.HistorySize > HistoryBytes)
        {
            collection.ForgetHalf();
        }

        foreach (var watcher in collection.Watchers)
        {
            watcher.Offer(change);
        }

        Changed?.Invoke(change);
    }

    private void Link(ApiResource type, JsonObject tree)
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
