using System.Text.Json.Nodes;
using Ebb.Simulation.Json;
using Ebb.Simulation.Resources;
using Ebb.Simulation.Store;

namespace Ebb.Simulation.Rules;

/// <summary>Converts objects between the stored version and the requested one.</summary>
internal static class VersionConversion
{
    public static JsonObject To(ServedVersion view, StoredObject stored)
    {
        if (view.ToView is { } convert)
        {
            return convert(stored.Tree);
        }

        if (stored.Tree.Text("apiVersion") == view.ApiVersion)
        {
            return stored.Tree;
        }

        var copy = stored.Tree.Copy();
        copy["apiVersion"] = view.ApiVersion;
        return copy;
    }

    public static JsonObject From(ServedVersion view, JsonObject tree)
    {
        if (view.FromView is { } convert)
        {
            tree = convert(tree);
        }

        return tree;
    }
}
