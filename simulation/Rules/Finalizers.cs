using System.Text.Json.Nodes;
using Ebb.Simulation.Json;
using Ebb.Simulation.Schemas;

namespace Ebb.Simulation.Rules;

/// <summary>Finalizers of objects.</summary>
internal static class Finalizers
{
    public static List<string> Of(JsonObject tree) =>
        [.. (tree.Items("metadata", "finalizers") ?? []).Select(f => f?.GetValue<string>() ?? "")];

    /// <summary>None may be added to an object that is being deleted.</summary>
    public static void Check(JsonObject old, JsonObject tree, FieldErrors errors)
    {
        if (!old.IsTerminating())
        {
            return;
        }

        var added = Of(tree).Except(Of(old)).ToList();
        if (added.Count > 0)
        {
            errors.Forbidden(
                "metadata.finalizers",
                $"no new finalizers can be added if the object is being deleted, found new finalizers []string{{{string.Join(", ", added.Select(f => $"\"{f}\""))}}}"
            );
        }
    }
}
