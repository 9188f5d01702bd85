using System.Text.Json.Nodes;
using Ebb.Simulation.Json;
using Ebb.Simulation.Resources;

namespace Ebb.Simulation.Rules;

/// <summary>
/// Restores what a writer may not change: fields that the server sets, and fields that belong to another subresource.
/// </summary>
internal static class ProtectedFields
{
    public static void KeepSystemFields(JsonObject old, JsonObject tree)
    {
        foreach (
            var own in (string[])
                [
                    "uid",
                    "creationTimestamp",
                    "deletionTimestamp",
                    "deletionGracePeriodSeconds",
                    "generation",
                    "resourceVersion",
                    "generateName",
                    "namespace",
                    "name",
                ]
        )
        {
            tree.Meta().Put(own, old.At("metadata", own)?.DeepClone());
        }

        if (tree.At("metadata", "managedFields") is not JsonArray)
        {
            tree.Meta().Put("managedFields", old.At("metadata", "managedFields")?.DeepClone());
        }

        tree["apiVersion"] = old.Text("apiVersion");
        tree["kind"] = old.Text("kind");
    }

    /// <summary>A write of the object keeps the old status; a write of the status keeps everything else.</summary>
    public static void Restrict(ApiResource type, JsonObject old, JsonObject tree, WriteOptions options)
    {
        if (!type.HasStatus)
        {
            return;
        }

        if (options.Subresource == "status")
        {
            foreach (var name in old.Select(p => p.Key).Concat(tree.Select(p => p.Key)).Distinct().ToList())
            {
                if (name is not ("status" or "metadata" or "apiVersion" or "kind"))
                {
                    tree.Put(name, old[name]?.DeepClone());
                }
            }

            if (type.IsCustom)
            {
                foreach (var name in (string[])["labels", "annotations", "finalizers", "ownerReferences"])
                {
                    tree.Meta().Put(name, old.At("metadata", name)?.DeepClone());
                }
            }
        }
        else
        {
            tree.Put("status", old["status"]?.DeepClone());
        }
    }
}
