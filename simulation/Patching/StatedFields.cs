using System.Text.Json.Nodes;
using Ebb.Simulation.Schemas;

namespace Ebb.Simulation.Patching;

/// <summary>The set of fields that a value states, as server-side apply counts them.</summary>
internal static class StatedFields
{
    /// <summary>
    /// Leaves; items of lists with keys; and keys of maps. A field that only holds others is not in the set, unless it
    /// holds none.
    /// </summary>
    public static JsonObject Value(JsonNode? value, Schema? schema)
    {
        var set = new JsonObject();
        switch (value)
        {
            case JsonObject o when schema is not { AtomicMap: true }:
                foreach (var (name, child) in o)
                {
                    var type = schema?.Of(name);
                    var known = schema?.Properties.ContainsKey(name) == true;
                    FieldSets.Put(set, "f:" + name, !known || IsLeaf(child, type), Value(child, type));
                }

                break;
            case JsonArray list when schema is { Merge: ListMerge.ByKey }:
                foreach (var item in list.OfType<JsonObject>())
                {
                    FieldSets.Put(set, FieldSets.KeyOf(item, schema), member: true, Value(item, schema.Items));
                }

                break;
            case JsonArray list when schema is { Merge: ListMerge.Set }:
                foreach (var item in list)
                {
                    set["v:" + item?.ToJsonString(FieldErrors.Plain)] = new JsonObject();
                }

                break;
        }

        return set;
    }

    /// <summary>Whether ownership ends here: scalars, atomic lists and maps, and empty values.</summary>
    public static bool IsLeaf(JsonNode? value, Schema? schema) =>
        value switch
        {
            JsonObject o => o.Count == 0 || schema is { AtomicMap: true },
            JsonArray a => a.Count == 0 || schema is not { Merge: ListMerge.ByKey or ListMerge.Set },
            _ => true,
        };
}
