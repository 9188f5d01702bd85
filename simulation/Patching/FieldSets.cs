using System.Text.Json.Nodes;
using Ebb.Simulation.Json;
using Ebb.Simulation.Schemas;

namespace Ebb.Simulation.Patching;

/// <summary>Sets of fields in the form of fieldsV1: a tree whose leaves are empty objects.</summary>
internal static class FieldSets
{
    /// <summary>Every field of a value.</summary>
    public static JsonObject Of(JsonNode? value, Schema? schema)
    {
        var set = new JsonObject();
        switch (value)
        {
            case JsonObject o when schema is not { AtomicMap: true }:
                foreach (var (name, child) in o)
                {
                    set["f:" + name] = Of(child, schema?.Of(name));
                }

                break;
            case JsonArray list when schema is { Merge: ListMerge.ByKey }:
                foreach (var item in list.OfType<JsonObject>())
                {
                    var fields = Of(item, schema.Items);
                    fields["."] = new JsonObject();
                    set[KeyOf(item, schema)] = fields;
                }

                break;
            case JsonArray list when schema is { Merge: ListMerge.Set }:
                foreach (var item in list)
                {
                    set["v:" + item?.ToJsonString()] = new JsonObject();
                }

                break;
        }

        return set;
    }

    /// <summary>The fields that are new or different in <paramref name="now"/>. Null: none.</summary>
    public static JsonObject? Changed(JsonNode? was, JsonNode? now, Schema? schema)
    {
        if (was is JsonObject a && now is JsonObject b && schema is not { AtomicMap: true })
        {
            JsonObject? set = null;
            foreach (var (name, value) in b)
            {
                var child = schema?.Of(name);
                var changed = a.TryGetPropertyValue(name, out var before) ? Changed(before, value, child) : Of(value, child);
                if (changed is not null)
                {
                    (set ??= [])["f:" + name] = changed;
                }
            }

            return set;
        }

        if (was is JsonArray x && now is JsonArray y && schema is { Merge: ListMerge.ByKey })
        {
            JsonObject? set = null;
            foreach (var item in y.OfType<JsonObject>())
            {
                var key = KeyOf(item, schema);
                var before = x.OfType<JsonObject>().FirstOrDefault(i => KeyOf(i, schema) == key);
                var changed = before is null ? Of(item, schema.Items) : Changed(before, item, schema.Items);
                if (before is null)
                {
                    changed!["."] = new JsonObject();
                }

                if (changed is not null)
                {
                    (set ??= [])[key] = changed;
                }
            }

            return set;
        }

        return JsonNode.DeepEquals(was, now) ? null : Of(now, schema);
    }

    public static JsonObject Union(JsonObject a, JsonObject b)
    {
        var all = a.Copy();
        foreach (var (name, child) in b)
        {
            all[name] = all[name] is JsonObject mine ? Union(mine, (JsonObject)child!) : child!.DeepClone();
        }

        return all;
    }

    /// <summary>What is in a and not in b. A leaf of b takes everything below it. Null: nothing is left.</summary>
    public static JsonObject? Without(JsonObject a, JsonObject b)
    {
        if (b.Count == 0)
        {
            return null;
        }

        var left = new JsonObject();
        foreach (var (name, child) in a)
        {
            if (b[name] is not JsonObject taken)
            {
                left[name] = child!.DeepClone();
            }
            else if (((JsonObject)child!).Count > 0 && Without((JsonObject)child, taken) is { } rest && !(rest.Count == 1 && rest.ContainsKey(".")))
            {
                left[name] = rest;
            }
        }

        return left.Count == 0 ? null : left;
    }

    /// <summary>The leaves that both have, as paths: <c>.spec.replicas</c>, <c>.spec.containers[name="c"].image</c>.</summary>
    public static List<string> Common(JsonObject a, JsonObject b)
    {
        var paths = new List<string>();
        Common(a, b, "", paths);
        return paths;
    }

    /// <summary>The part of a that is also in b. Null: none.</summary>
    public static JsonObject? Both(JsonObject a, JsonObject b) => Without(a, b) is { } rest ? Without(a, rest) : a;

    /// <summary>Takes the fields of a set out of a value.</summary>
    public static void Remove(JsonNode? value, JsonObject set, Schema? schema)
    {
        foreach (var (step, below) in set)
        {
            var inner = (JsonObject)below!;
            if (step.StartsWith("f:", StringComparison.Ordinal) && value is JsonObject o)
            {
                var name = step[2..];
                if (inner.Count == 0)
                {
                    o.Remove(name);
                }
                else if (o[name] is { } child)
                {
                    Remove(child, inner, schema?.Of(name));
                    if (child is JsonObject { Count: 0 } or JsonArray { Count: 0 })
                    {
                        o.Remove(name);
                    }
                }
            }
            else if (step.StartsWith("k:", StringComparison.Ordinal) && value is JsonArray list && schema is not null)
            {
                var item = list.OfType<JsonObject>().FirstOrDefault(i => KeyOf(i, schema) == step);
                if (item is not null && inner.ContainsKey("."))
                {
                    list.Remove(item);
                }
                else if (item is not null)
                {
                    Remove(item, inner, schema.Items);
                }
            }
            else if (step.StartsWith("v:", StringComparison.Ordinal) && value is JsonArray values)
            {
                var item = values.FirstOrDefault(i => i?.ToJsonString() == step[2..]);
                if (item is not null)
                {
                    values.Remove(item);
                }
            }
        }
    }

    public static string KeyOf(JsonObject item, Schema list)
    {
        var key = new JsonObject();
        foreach (var name in list.Keys)
        {
            var value = item[name] ?? list.Items?.Of(name)?.Default;
            if (value is not null)
            {
                key[name] = value.DeepClone();
            }
        }

        return "k:" + key.ToJsonString();
    }

    private static void Common(JsonObject a, JsonObject b, string path, List<string> paths)
    {
        foreach (var (step, below) in a)
        {
            if (step == "." || b[step] is not JsonObject other)
            {
                continue;
            }

            var here = path + Show(step);
            var mine = (JsonObject)below!;
            if (mine.Count == 0 || other.Count == 0)
            {
                paths.Add(here);
            }
            else
            {
                Common(mine, other, here, paths);
            }
        }
    }

    private static string Show(string step)
    {
        if (step.StartsWith("f:", StringComparison.Ordinal))
        {
            return "." + step[2..];
        }

        if (step.StartsWith("k:", StringComparison.Ordinal) && JsonNode.Parse(step[2..]) is JsonObject key)
        {
            return "[" + string.Join(",", key.Select(k => k.Key + "=" + k.Value?.ToJsonString())) + "]";
        }

        return "[=" + step[2..] + "]";
    }
}
