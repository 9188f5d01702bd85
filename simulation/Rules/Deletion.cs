using System.Text.Json.Nodes;
using Ebb.Simulation.Api;
using Ebb.Simulation.Json;
using Ebb.Simulation.Resources;
using Ebb.Simulation.Store;

namespace Ebb.Simulation.Rules;

/// <summary>
/// Deletes objects: at once, after their finalizers, or after their grace period. Called while the store's lock is
/// held.
/// </summary>
internal sealed class Deletion(Registry registry)
{
    private ObjectStore Store => registry.Store;

    /// <summary>Deletes or begins to delete. Returns the object's last state, and whether it is gone.</summary>
    public (StoredObject Object, bool Gone) Delete(ApiResource type, StoredObject old, DeleteOptions options)
    {
        var name = old.Tree.Name();
        if (options.Uid is { } uid && uid != old.Tree.Uid())
        {
            throw Failure.PreconditionFailed(
                type,
                name,
                $"the UID in the precondition ({uid}) does not match the UID in record ({old.Tree.Uid()}). The "
                    + "object might have been deleted and then recreated"
            );
        }

        if (options.ResourceVersion is { } version && version != old.Tree.Version())
        {
            throw Failure.PreconditionFailed(
                type,
                name,
                $"the ResourceVersion in the precondition ({version}) does not match the ResourceVersion in "
                    + $"record ({old.Tree.Version()}). The object might have been modified"
            );
        }

        var grace = type.DiesGracefully ? Grace(old.Tree, options) : 0;
        var finalizers = Finalizers.Of(old.Tree);
        if (options.Propagation is "Foreground" or "Orphan")
        {
            // The garbage collector removes this finalizer when the dependents are gone or orphaned.
            finalizers.Add(options.Propagation == "Foreground" ? "foregroundDeletion" : "orphan");
        }

        // A namespace has its finalizers in its spec; its controller removes them when it is empty.
        var held = type == NamespaceResource.Type && old.Tree.Items("spec", "finalizers") is { Count: > 0 };
        if (finalizers.Count == 0 && grace == 0 && !held)
        {
            return options.DryRun ? (old, true) : (Store.Remove(type, old), true);
        }

        if (
            old.Tree.IsTerminating()
            && (grace == 0 || grace >= (old.Tree.Whole("metadata", "deletionGracePeriodSeconds") ?? 0))
        )
        {
            return (old, false);
        }

        var tree = old.Tree.Copy();
        var now = registry.Clock.GetUtcNow();
        tree.Meta()["deletionTimestamp"] = (now + TimeSpan.FromSeconds(grace)).Stamp();
        tree.Meta()["deletionGracePeriodSeconds"] = grace;
        if (finalizers.Count > 0)
        {
            tree.Meta()["finalizers"] = new JsonArray([.. finalizers.Distinct().Select(f => (JsonNode)f)]);
        }

        if (type.HasGeneration)
        {
            tree.Meta()["generation"] = (tree.Whole("metadata", "generation") ?? 1) + 1;
        }

        return options.DryRun ? (new StoredObject(tree, old.Version), false) : (Store.Put(type, tree), false);
    }

    /// <summary>Removes an owner from the ownerReferences of its dependents.</summary>
    public void Orphan(string uid)
    {
        foreach (var (type, dependent) in Store.Dependents(uid))
        {
            registry.Change(
                type,
                dependent,
                new WriteOptions("kube-controller-manager"),
                tree =>
                {
                    var left = tree.Objects("metadata", "ownerReferences")
                        .Where(o => o.Text("uid") != uid)
                        .Select(o => (JsonNode)o.Copy())
                        .ToArray();
                    tree.Meta().Put("ownerReferences", left.Length == 0 ? null : new JsonArray(left));
                }
            );
        }
    }

    private static long Grace(JsonObject pod, DeleteOptions options)
    {
        var phase = pod.Text("status", "phase");
        if (pod.Text("spec", "nodeName") is null || phase is "Succeeded" or "Failed")
        {
            return 0;
        }

        return options.GraceSeconds ?? pod.Whole("spec", "terminationGracePeriodSeconds") ?? 30;
    }
}
