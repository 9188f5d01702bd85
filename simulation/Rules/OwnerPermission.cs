using System.Text.Json.Nodes;
using Ebb.Simulation.Api;
using Ebb.Simulation.Json;
using Ebb.Simulation.Resources;

namespace Ebb.Simulation.Rules;

/// <summary>
/// The admission plugin OwnerReferencesPermissionEnforcement: owners are given only by whoever may delete the object.
/// Its second rule, on the finalizers of owners with blockOwnerDeletion, is not simulated.
/// </summary>
internal static class OwnerPermission
{
    /// <param name="type">The kind.</param>
    /// <param name="old">As it is; null: it is created.</param>
    /// <param name="tree">As it is to be.</param>
    /// <param name="options">Who may do what.</param>
    /// <exception cref="Failure">403: the writer may not delete it.</exception>
    public static void Check(ApiResource type, JsonObject? old, JsonObject tree, WriteOptions options)
    {
        var (before, after) = (old.Items("metadata", "ownerReferences"), tree.Items("metadata", "ownerReferences"));
        if (
            options.MayDelete is not { } mayDelete
            || JsonNode.DeepEquals(before ?? [], after ?? [])
            || mayDelete(tree.Name())
        )
        {
            return;
        }

        throw new Failure(
            403,
            "Forbidden",
            $"{type.Qualified} \"{tree.Name()}\" is forbidden: cannot set an ownerRef on a resource you can't delete: , <nil>",
            Failure.Details(tree.Name(), type.Group, type.Plural)
        );
    }
}
