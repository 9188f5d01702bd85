using Ebb.Simulation.Json;
using Ebb.Simulation.Resources;
using Ebb.Simulation.Store;

namespace Ebb.Simulation.World;

/// <summary>
/// Deletes objects whose owners are gone, and removes the finalizers of owners whose dependents are gone.
/// </summary>
internal sealed class GarbageCollector : Controller
{
    private const string Foreground = "foregroundDeletion";
    private const string Orphaning = "orphan";

    public override void Observe(Change change)
    {
        var tree = change.New.Tree;
        if (change.Kind == ChangeKind.Deleted)
        {
            Enqueue(tree.Uid());
            foreach (var owner in tree.Objects("metadata", "ownerReferences"))
            {
                Enqueue(
                    "waits:"
                        + owner.Text("uid")
                        + ":"
                        + owner.Text("apiVersion")
                        + ":"
                        + owner.Text("kind")
                        + ":"
                        + tree.Namespace()
                        + ":"
                        + owner.Text("name")
                );
            }
        }
        else if (
            tree.IsTerminating()
            && (tree.Items("metadata", "finalizers")?.Any(f => f?.ToString() is Foreground or Orphaning) ?? false)
        )
        {
            Enqueue(
                $"waits:{tree.Uid()}:{tree.Text("apiVersion")}:{tree.Text("kind")}:{tree.Namespace()}:{tree.Name()}"
            );
        }
    }

    public override void Reconcile(string key)
    {
        if (key.StartsWith("waits:", StringComparison.Ordinal))
        {
            Release(key.Split(':'));
            return;
        }

        foreach (var (type, dependent) in Store.Dependents(key))
        {
            if (
                dependent
                    .Tree.Objects("metadata", "ownerReferences")
                    .All(o =>
                        o.Text("uid") == key
                        || !Exists(
                            o.Text("uid"),
                            o.Text("apiVersion"),
                            o.Text("kind"),
                            dependent.Tree.Namespace(),
                            o.Text("name")
                        )
                    )
            )
            {
                Delete(type, dependent);
            }
        }
    }

    private void Release(string[] owner)
    {
        if (
            Registry.Catalogue.ByGroupKind(owner[2], owner[3]) is not { } type
            || Store.Find(type, type.Namespaced ? owner[4] : "", owner[5]) is not { } stored
            || stored.Tree.Uid() != owner[1]
            || !stored.Tree.IsTerminating()
        )
        {
            return;
        }

        var finalizers = Rules.Finalizers.Of(stored.Tree);
        if (finalizers.Contains(Orphaning))
        {
            Registry.Deletion.Orphan(owner[1]);
            LetGo(type, stored, Orphaning);
            return;
        }

        if (!finalizers.Contains(Foreground))
        {
            return;
        }

        var dependents = Store.Dependents(owner[1]);
        foreach (var (kind, dependent) in dependents)
        {
            if (!dependent.Tree.IsTerminating())
            {
                Delete(kind, dependent, propagation: "Foreground");
            }
        }

        if (Store.Dependents(owner[1]).Count == 0)
        {
            LetGo(type, stored, Foreground);
        }
    }

    private void LetGo(ApiResource type, StoredObject stored, string finalizer) =>
        Change(
            type,
            stored,
            tree =>
            {
                var left = tree.Items("metadata", "finalizers")!
                    .Where(f => f?.ToString() != finalizer)
                    .Select(f => f?.DeepClone())
                    .ToArray();
                tree.Meta().Put("finalizers", left.Length == 0 ? null : new System.Text.Json.Nodes.JsonArray(left));
            }
        );

    private bool Exists(string? uid, string? apiVersion, string? kind, string ns, string? name) =>
        Registry.Catalogue.ByGroupKind(apiVersion, kind) is { } type
        && Store.Find(type, type.Namespaced ? ns : "", name ?? "") is { } stored
        && stored.Tree.Uid() == uid;
}
