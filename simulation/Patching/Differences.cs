using System.Text.Json.Nodes;
using Ebb.Simulation.Schemas;

namespace Ebb.Simulation.Patching;

/// <summary>
/// The differences between two states of an object: fields that were added or changed, and fields that were removed.
/// </summary>
internal sealed class Differences
{
    private Differences(JsonObject changed, JsonObject removed) => (Changed, Removed) = (changed, removed);

    public JsonObject Changed { get; }

    public JsonObject Removed { get; }

    public bool None => Changed.Count == 0 && Removed.Count == 0;

    public static Differences Between(JsonObject was, JsonObject now, Schema? schema)
    {
        var (changed, removed) = (new JsonObject(), new JsonObject());
        Fields(was, now, schema, changed, removed);
        return new Differences(changed, removed);
    }

    private static void Fields(JsonObject? was, JsonObject? now, Schema? schema, JsonObject changed, JsonObject removed)
    {
        foreach (var name in (was ?? []).Select(p => p.Key).Union((now ?? []).Select(p => p.Key)).ToList())
        {
            JsonNode? a = null,
                b = null;
            var (there, here) = (
                was?.TryGetPropertyValue(name, out a) == true,
                now?.TryGetPropertyValue(name, out b) == true
            );
            Step("f:" + name, there, a, here, b, schema?.Of(name), changed, removed);
        }
    }

    private static void Items(JsonArray? was, JsonArray? now, Schema schema, JsonObject changed, JsonObject removed)
    {
        Dictionary<string, JsonNode?> ByKey(JsonArray? list) =>
            (list ?? [])
                .GroupBy(i =>
                    schema.Merge == ListMerge.Set
                        ? "v:" + i?.ToJsonString(FieldErrors.Plain)
                        : FieldSets.KeyOf(i as JsonObject ?? [], schema)
                )
                .ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);
        var (a, b) = (ByKey(was), ByKey(now));
        foreach (var key in a.Keys.Union(b.Keys))
        {
            Step(
                key,
                a.TryGetValue(key, out var x),
                x,
                b.TryGetValue(key, out var y),
                y,
                schema.Items,
                changed,
                removed
            );
        }
    }

    // A new field is a member with everything below it; an existing one contributes only what changed inside it.
    private static void Step(
        string step,
        bool there,
        JsonNode? was,
        bool here,
        JsonNode? now,
        Schema? schema,
        JsonObject changed,
        JsonObject removed
    )
    {
        var (changedBelow, removedBelow) = (new JsonObject(), new JsonObject());
        var leaf =
            (!there || was is null || StatedFields.IsLeaf(was, schema))
            && (!here || now is null || StatedFields.IsLeaf(now, schema));
        if (!leaf)
        {
            if (was is JsonArray || now is JsonArray)
            {
                Items(was as JsonArray, now as JsonArray, schema!, changedBelow, removedBelow);
            }
            else
            {
                Fields(was as JsonObject, now as JsonObject, schema, changedBelow, removedBelow);
            }
        }

        FieldSets.Put(changed, step, here && (!there || (leaf && !JsonNode.DeepEquals(was, now))), changedBelow);
        FieldSets.Put(removed, step, there && !here, removedBelow);
    }
}
