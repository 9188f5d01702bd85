using System.Text.Json.Nodes;
using Ebb.Simulation.Api;
using Ebb.Simulation.Json;
using Ebb.Simulation.Patching;
using Ebb.Simulation.Resources;
using Ebb.Simulation.Rules;
using Ebb.Simulation.Selectors;
using Ebb.Simulation.World;

namespace Ebb.Simulation.Store;

/// <summary>
/// Direct, synchronous access to the simulated cluster for tests, by the rules of the API but without its socket.
/// Resources are named as in "deployments.apps" or "pods". Objects are copied in and out. The controllers have acted
/// when a write returns.
/// </summary>
public sealed class ClusterStore
{
    private const string Author = "simulation";

    private readonly Registry registry;
    private readonly ControlPlane plane;

    internal ClusterStore(Registry registry, ControlPlane plane)
    {
        this.registry = registry;
        this.plane = plane;
    }

    /// <summary>The version of the last write.</summary>
    public long ResourceVersion
    {
        get
        {
            lock (registry.Store.SyncLock)
            {
                return registry.Store.Version;
            }
        }
    }

    /// <returns>Null when there is none.</returns>
    /// <exception cref="ArgumentException">No such resource.</exception>
    public JsonObject? Get(string resource, string? ns, string name)
    {
        lock (registry.Store.SyncLock)
        {
            return registry.Store.Find(Type(resource), ns ?? "", name) is { } stored ? Copy(stored) : null;
        }
    }

    public IReadOnlyList<JsonObject> List(string resource, string? ns = null, string? labelSelector = null)
    {
        lock (registry.Store.SyncLock)
        {
            var labels = LabelMatcher.Parse(labelSelector);
            return
            [
                .. registry
                    .Store.All(Type(resource), ns)
                    .Where(o => labels.Matches(o.Tree.Object("metadata", "labels")))
                    .Select(Copy),
            ];
        }
    }

    /// <summary>What is read of each, without copying it.</summary>
    /// <param name="resource">As <see cref="List"/> takes it.</param>
    /// <param name="read">Called under the store's lock; it must not keep or change what it is given.</param>
    public IReadOnlyList<T> Read<T>(string resource, Func<JsonObject, T> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        lock (registry.Store.SyncLock)
        {
            return [.. registry.Store.All(Type(resource), null).Select(stored => read(stored.Tree))];
        }
    }

    /// <summary>How many there are, without copying them.</summary>
    public int Count(string resource, string? ns = null, string? labelSelector = null)
    {
        lock (registry.Store.SyncLock)
        {
            var labels = LabelMatcher.Parse(labelSelector);
            return registry
                .Store.All(Type(resource), ns)
                .Count(o => labels.Matches(o.Tree.Object("metadata", "labels")));
        }
    }

    /// <summary>Creates an object, or replaces everything of it but its status. Its namespace must exist.</summary>
    /// <exception cref="InvalidOperationException">The API would refuse it; the message says why.</exception>
    public JsonObject Apply(JsonObject tree) =>
        Write(() =>
        {
            var (type, version) =
                registry.Catalogue.Of(tree)
                ?? throw new ArgumentException(
                    $"no resource is served for {tree.Text("apiVersion")} {tree.Text("kind")}"
                );
            var ns = type.Namespaced
                ? tree.Namespace() is { Length: > 0 } said
                    ? said
                    : "default"
                : "";
            var copy = VersionConversion.From(version, tree.Copy());
            var options = new WriteOptions(Author) { FieldValidation = "Ignore" };
            if (registry.Store.Find(type, ns, tree.Name()) is not { } old)
            {
                var made = tree.Copy();
                made.Meta().Remove("resourceVersion");
                return registry.Create(type, version, ns, made, options);
            }

            copy.Meta().Remove("resourceVersion");
            return registry.Update(type, version, old, copy, options);
        });

    /// <summary>Merge-patches an object, or its status when <paramref name="subresource"/> says so.</summary>
    public JsonObject Patch(
        string resource,
        string? ns,
        string name,
        JsonObject mergePatch,
        string? subresource = null
    ) =>
        Write(() =>
        {
            var type = Type(resource);
            var old = registry.Get(type, ns ?? "", name);
            var patched = (JsonObject)MergePatch.Apply(old.Tree.Copy(), mergePatch)!;
            return registry.Update(
                type,
                type.Storage,
                old,
                patched,
                new WriteOptions(Author) { Subresource = subresource ?? "", FieldValidation = "Ignore" }
            );
        });

    /// <summary>
    /// Replays a write that another API server over the same storage made: the object is stored as it is, with its UID,
    /// its version and its owners, without any rules. Watches see it when its version is later than <see
    /// cref="ResourceVersion"/>.
    /// </summary>
    /// <param name="tree">
    /// In any served version of its resource. Copied. Its metadata.resourceVersion must be a number.
    /// </param>
    /// <param name="deleted">True: this version is the object's deletion, and the tree is its last state.</param>
    /// <exception cref="ArgumentException">No such resource is served.</exception>
    public void Play(JsonObject tree, bool deleted = false)
    {
        ArgumentNullException.ThrowIfNull(tree);
        lock (registry.Store.SyncLock)
        {
            var (type, version) =
                registry.Catalogue.Of(tree)
                ?? throw new ArgumentException(
                    $"no resource is served for {tree.Text("apiVersion")} {tree.Text("kind")}",
                    nameof(tree)
                );
            registry.Store.Receive(
                type,
                VersionConversion.From(version, tree.Copy()),
                long.Parse(tree.Version(), System.Globalization.CultureInfo.InvariantCulture),
                deleted
            );
            plane.Run();
        }
    }

    /// <summary>Other resources were written in between: <see cref="ResourceVersion"/> is at least this.</summary>
    public void Reach(long version)
    {
        lock (registry.Store.SyncLock)
        {
            registry.Store.Reach(version);
        }
    }

    /// <summary>Deletes as the API would: finalizers and grace are honoured. False: there was none.</summary>
    public bool Delete(string resource, string? ns, string name, string? propagationPolicy = null)
    {
        lock (registry.Store.SyncLock)
        {
            var type = Type(resource);
            if (registry.Store.Find(type, ns ?? "", name) is not { } old)
            {
                return false;
            }

            registry.Deletion.Delete(type, old, new DeleteOptions { Propagation = propagationPolicy });
            plane.Run();
            return true;
        }
    }

    /// <summary>
    /// Drops the history: watches that start before now get 410, and so do exact lists and old continue tokens.
    /// </summary>
    public void Compact()
    {
        lock (registry.Store.SyncLock)
        {
            registry.Store.Compact();
        }
    }

    /// <summary>
    /// Ends all open watches: with an ERROR line of 410 when <paramref name="expired"/>, else by closing them.
    /// </summary>
    public void EndWatches(bool expired)
    {
        lock (registry.Store.SyncLock)
        {
            registry.Store.EndWatches(expired);
        }
    }

    // Parsed again, so that numbers can be read as any type that fits.
    private static JsonObject Copy(StoredObject stored) => JsonNode.Parse(stored.Whole)!.AsObject();

    private JsonObject Write(Func<StoredObject> write)
    {
        lock (registry.Store.SyncLock)
        {
            try
            {
                var stored = write();
                plane.Run();
                return Copy(stored);
            }
            catch (Failure failure)
            {
                throw new InvalidOperationException(failure.Message, failure);
            }
        }
    }

    private ApiResource Type(string resource) =>
        registry.Catalogue.ByName(resource)
        ?? throw new ArgumentException($"no resource '{resource}' is served", nameof(resource));
}
