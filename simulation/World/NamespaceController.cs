using System.Text.Json.Nodes;
using Ebb.Simulation.Json;
using Ebb.Simulation.Resources;
using Ebb.Simulation.Store;

namespace Ebb.Simulation.World;

/// <summary>Empties a namespace that is being deleted, and removes its finalizer when it is empty.</summary>
internal sealed class NamespaceController : Controller
{
    public override void Observe(Change change)
    {
        if (change.Type == NamespaceResource.Type)
        {
            if (change.New.Tree.IsTerminating())
            {
                Enqueue(change.New.Tree.Name());
            }
        }
        else if (
            change.Kind == ChangeKind.Deleted
            && change.Type.Namespaced
            && Store.Find(NamespaceResource.Type, "", change.New.Tree.Namespace()) is { } home
            && home.Tree.IsTerminating()
        )
        {
            Enqueue(home.Tree.Name());
        }
    }

    public override void Reconcile(string key)
    {
        if (Store.Find(NamespaceResource.Type, "", key) is not { } home || !home.Tree.IsTerminating())
        {
            return;
        }

        if (home.Tree.Text("status", "phase") != "Terminating")
        {
            home = ChangeStatus(NamespaceResource.Type, home, tree => tree.Ensure("status")["phase"] = "Terminating");
        }

        var left = 0;
        foreach (var type in Registry.Catalogue.All.Where(t => t.Namespaced).ToList())
        {
            foreach (var stored in Store.All(type, key).ToList())
            {
                if (!stored.Tree.IsTerminating())
                {
                    Delete(type, stored);
                }
            }

            left += Store.All(type, key).Count();
        }

        if (left == 0 && Store.Find(NamespaceResource.Type, "", key) is { } empty)
        {
            Store.Remove(NamespaceResource.Type, empty);
        }
    }
}
