using System.Text.Json.Nodes;
using Ebb.Simulation.Json;
using Ebb.Simulation.Resources;
using Ebb.Simulation.Store;

namespace Ebb.Simulation.World;

/// <summary>
/// Registers the resource of a CustomResourceDefinition, and removes it with its objects when the definition is
/// deleted.
/// </summary>
internal sealed class DefinitionController : Controller
{
    private readonly Dictionary<string, ApiResource> defined = new(StringComparer.Ordinal);

    public override void Observe(Change change)
    {
        if (change.Type != CustomResourceDefinitionResource.Type)
        {
            return;
        }

        var name = change.New.Tree.Name();
        if (change.Kind == ChangeKind.Deleted)
        {
            if (defined.Remove(name, out var gone))
            {
                foreach (var stored in Store.All(gone).ToList())
                {
                    Store.Remove(gone, stored);
                }

                Registry.Catalogue.Remove(gone);
                Store.Forget(gone);
            }

            return;
        }

        // Served at once: the real server takes a moment, and its clients wait for Established.
        if (change.Old is null || !JsonNode.DeepEquals(change.Old.Tree["spec"], change.New.Tree["spec"]))
        {
            var now = CustomResourceDefinitionResource.Defined(change.New.Tree);
            if (defined.TryGetValue(name, out var before))
            {
                Registry.Catalogue.Remove(before);
                Store.Rename(before, now);
            }

            Registry.Catalogue.Add(now);
            defined[name] = now;
            Enqueue(name);
        }
    }

    public override void Reconcile(string key)
    {
        if (Store.Find(CustomResourceDefinitionResource.Type, "", key) is not { } crd)
        {
            return;
        }

        ChangeStatus(
            CustomResourceDefinitionResource.Type,
            crd,
            tree =>
            {
                var status = tree.Ensure("status");
                status["acceptedNames"] = tree.At("spec", "names")!.DeepClone();
                status["storedVersions"] = new JsonArray(
                    tree.Objects("spec", "versions").First(v => v.Flag("storage") == true).Text("name")
                );
                tree.SetCondition("NamesAccepted", "True", "NoConflicts", "no conflicts found", Now);
                tree.SetCondition(
                    "Established",
                    "True",
                    "InitialNamesAccepted",
                    "the initial names have been accepted",
                    Now
                );
            }
        );
    }
}
