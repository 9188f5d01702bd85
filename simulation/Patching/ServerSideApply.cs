using System.Text.Json.Nodes;
using Ebb.Simulation.Api;
using Ebb.Simulation.Json;
using Ebb.Simulation.Schemas;

namespace Ebb.Simulation.Patching;

/// <summary>
/// Server-side apply: applied fields are owned, fields that are no longer applied are given up, fields of others
/// conflict.
/// </summary>
internal static class ServerSideApply
{
    /// <exception cref="Failure">
    /// 409: another manager owns a field that this would change, and force is not set.
    /// </exception>
    public static JsonObject Merge(
        JsonObject live,
        JsonObject applied,
        Schema? schema,
        ManagedFields.Author author,
        bool force
    )
    {
        var whole = ManagedFields.Whole(schema);
        var wanted = ManagedFields.Owned(applied);
        var set = ManagedFields.Applied(applied, schema);
        var entries = ManagedFields.Entries(live);
        var before = entries.FirstOrDefault(e => ManagedFields.Is(e, author)).Object("fieldsV1") ?? [];
        var tree = live.Copy();
        Overlay(tree, wanted, whole);

        var changed = Differences.Between(ManagedFields.Owned(live), ManagedFields.Owned(tree), whole).Changed;
        var conflicts = new List<(string Manager, string Path)>();
        foreach (var entry in entries.Where(e => !ManagedFields.Is(e, author)).ToList())
        {
            var theirs = entry.Object("fieldsV1") ?? [];
            conflicts.AddRange(
                FieldSets.Paths(FieldSets.Intersection(theirs, changed)).Select(path => (Describe(entry), path))
            );
            if (force)
            {
                ManagedFields.Replace(entries, entry, FieldSets.Difference(theirs, changed));
            }
        }

        if (conflicts.Count > 0 && !force)
        {
            throw Conflict(conflicts);
        }

        // A field that is no longer applied is removed, unless another manager owns it too.
        var given = FieldSets.Difference(before, FieldSets.WithParents(set));
        foreach (
            var theirs in entries
                .Where(e => !ManagedFields.Is(e, author))
                .Select(e => e.Object("fieldsV1"))
                .OfType<JsonObject>()
        )
        {
            given = FieldSets.Difference(given, FieldSets.WithParents(theirs));
        }

        FieldSets.Remove(tree, given, whole);
        LastApplied.KeepInStep(tree, applied, author.Manager);

        var mine = entries.FirstOrDefault(e => ManagedFields.Is(e, author));
        if (mine is not null && !JsonNode.DeepEquals(mine["fieldsV1"], set))
        {
            entries.Remove(mine);
            mine = null;
        }

        if (mine is null && set.Count > 0)
        {
            ManagedFields.Add(entries, author, set);
        }

        ManagedFields.Save(tree, entries);
        return tree;
    }

    private static void Overlay(JsonObject target, JsonObject wanted, Schema? schema)
    {
        foreach (var (name, value) in wanted)
        {
            var child = schema?.Of(name);
            if (value is JsonObject inner && target[name] is JsonObject old && child is not { AtomicMap: true })
            {
                Overlay(old, inner, child);
            }
            else if (value is JsonArray list && target[name] is JsonArray have && child is { Merge: ListMerge.ByKey })
            {
                foreach (var item in list.OfType<JsonObject>())
                {
                    var key = FieldSets.KeyOf(item, child);
                    if (have.OfType<JsonObject>().FirstOrDefault(i => FieldSets.KeyOf(i, child) == key) is { } mine)
                    {
                        Overlay(mine, item, child.Items);
                    }
                    else
                    {
                        have.Add(item.DeepClone());
                    }
                }
            }
            else if (
                value is JsonArray values
                && target[name] is JsonArray members
                && child is { Merge: ListMerge.Set }
            )
            {
                foreach (var item in values.Where(v => !members.Any(m => JsonNode.DeepEquals(m, v))).ToList())
                {
                    members.Add(item?.DeepClone());
                }
            }
            else
            {
                target[name] = value?.DeepClone();
            }
        }
    }

    private static string Describe(JsonObject entry) =>
        entry.Text("operation") == "Apply" || entry.Text("subresource") is null
            ? $"conflict with \"{entry.Text("manager")}\"{(entry.Text("operation") == "Apply" ? "" : " using " + entry.Text("apiVersion"))}"
            : $"conflict with \"{entry.Text("manager")}\" with subresource \"{entry.Text("subresource")}\" using {entry.Text("apiVersion")}";

    private static Failure Conflict(List<(string Manager, string Path)> conflicts)
    {
        var causes = new JsonArray();
        foreach (var (manager, path) in conflicts)
        {
            causes.Add(
                new JsonObject
                {
                    ["reason"] = "FieldManagerConflict",
                    ["message"] = manager,
                    ["field"] = path,
                }
            );
        }

        var message =
            conflicts.Count == 1
                ? $"Apply failed with 1 conflict: {conflicts[0].Manager}: {conflicts[0].Path}"
                : $"Apply failed with {conflicts.Count} conflicts: "
                    + string.Join(
                        "\n",
                        conflicts
                            .GroupBy(c => c.Manager)
                            .Select(g => g.Key + ":\n" + string.Join("\n", g.Select(c => "- " + c.Path)))
                    );
        return new Failure(409, "Conflict", message, new JsonObject { ["causes"] = causes });
    }
}
