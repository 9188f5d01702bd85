using System.Text.Json.Nodes;
using Ebb.Simulation.Json;
using Ebb.Simulation.Resources;
using Ebb.Simulation.Store;

namespace Ebb.Simulation.Rules;

/// <summary>From the stored form of an object to the version that is asked for, and back.</summary>
internal static class Views
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
