using System.Text.Json.Nodes;
using Ebb.Simulation.Json;
using Ebb.Simulation.Resources;
using Ebb.Simulation.Store;
using Ebb.Simulation.Tables;

namespace Ebb.Simulation.Api;

/// <summary>The scale subresource of an object. spec.replicas is left out at 0, as the real server does.</summary>
internal static class Scales
{
    public static JsonObject Show(ApiResource type, StoredObject stored)
    {
        var tree = stored.Tree;
        var paths = type.Scale!;
        var meta = new JsonObject();
        foreach (var name in (string[])["name", "namespace", "uid", "resourceVersion", "creationTimestamp"])
        {
            if (tree.At("metadata", name) is { } value)
            {
                meta[name] = value.DeepClone();
            }
        }

        var spec = new JsonObject();
        if (tree.Whole(paths.Spec) is { } wanted and not 0)
        {
            spec["replicas"] = wanted;
        }

        var status = new JsonObject { ["replicas"] = tree.Whole(paths.Status) ?? 0 };
        var selector = paths.Selector is { } path ? tree.Text(path) : Selector(tree);
        if (!string.IsNullOrEmpty(selector))
        {
            status["selector"] = selector;
        }

        return new JsonObject
        {
            ["kind"] = "Scale",
            ["apiVersion"] = "autoscaling/v1",
            ["metadata"] = meta,
            ["spec"] = spec,
            ["status"] = status,
        };
    }

    private static string? Selector(JsonObject tree) =>
        tree.Object("spec", "selector") is { } selector
        && (selector.ContainsKey("matchLabels") || selector.ContainsKey("matchExpressions"))
            ? TableCells.SelectorText(selector)
            : null;
}
