using System.Text.Json.Nodes;
using Ebb.Simulation.Json;
using Ebb.Simulation.Schemas;

namespace Ebb.Simulation.Patching;

/// <summary>
/// Sets of fields in the form of fieldsV1: a tree of steps. A step without anything below it is in the set; one with
/// something below it is in the set itself only when it also holds ".". An empty tree is the empty set.
/// </summary>
internal static class FieldSets
{
    private const string Itself = ".";

    /// <summary>In one of the two, or in both.</summary>
    public static JsonObject Union(JsonObject a, JsonObject b)
    {
        var all = new JsonObject();
        foreach (var step in Steps(a).Union(Steps(b)))
        {
            var (x, y) = (a[step] as JsonObject, b[step] as JsonObject);
            all[step] = Node(IsMember(x) || IsMember(y), Union(x ?? [], y ?? []));
        }

        return all;
    }

    /// <summary>In the first and not in the second.</summary>
    public static JsonObject Difference(JsonObject a, JsonObject b)
    {
        var left = new JsonObject();
        foreach (var step in Steps(a))
        {
            var (x, y) = (a[step] as JsonObject, b[step] as JsonObject);
            Put(left, step, IsMember(x) && !IsMember(y), Difference(x ?? [], y ?? []));
        }

        return left;
    }

    /// <summary>With every field that has members below it: whoever owns a part keeps the whole in being.</summary>
    public static JsonObject WithParents(JsonObject set)
    {
        var all = new JsonObject();
        foreach (var step in Steps(set))
        {
            var below = (JsonObject)set[step]!;
            all[step] = Node(IsMember(below) || step.StartsWith("f:", StringComparison.Ordinal), WithParents(below));
        }

        return all;
    }

    /// <summary>In both.</summary>
    public static JsonObject Intersection(JsonObject a, JsonObject b)
    {
        var both = new JsonObject();
        foreach (var step in Steps(a).Where(b.ContainsKey))
        {
            var (x, y) = (a[step] as JsonObject, b[step] as JsonObject);
            Put(both, step, IsMember(x) && IsMember(y), Intersection(x ?? [], y ?? []));
        }

        return both;
    }

    /// <summary>The members as paths: <c>.spec.replicas</c>, <c>.spec.containers[name="c"].image</c>.</summary>
    public static IEnumerable<string> Paths(JsonObject set, string path = "")
    {
        foreach (var step in Steps(set))
        {
            var below = (JsonObject)set[step]!;
            if (IsMember(below))
            {
                yield return path + Show(step);
            }

            foreach (var member in Paths(below, path + Show(step)))
            {
                yield return member;
            }
        }
    }

    /// <summary>Adds a step, itself a member or not, with what is below it. An empty step is not added.</summary>
    public static void Put(JsonObject set, string step, bool member, JsonObject below)
    {
        if (member || below.Count > 0)
        {
            set[step] = Node(member, below);
        }
    }

    /// <summary>Removes the fields of a set from a value, and objects that become empty.</summary>
    public static void Remove(JsonNode? value, JsonObject set, Schema? schema)
    {
        foreach (var step in Steps(set).ToList())
        {
            var inner = (JsonObject)set[step]!;
            if (step.StartsWith("f:", StringComparison.Ordinal) && value is JsonObject o)
            {
                var name = step[2..];
                if (!Steps(inner).Any())
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
                if (item is not null && IsMember(inner))
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

        return "k:" + key.ToJsonString(FieldErrors.Plain);
    }

    private static IEnumerable<string> Steps(JsonObject set) => set.Select(p => p.Key).Where(k => k != Itself);

    private static bool IsMember(JsonObject? node) => node is not null && (node.Count == 0 || node.ContainsKey(Itself));

    private static JsonObject Node(bool member, JsonObject below)
    {
        if (!member || below.Count == 0)
        {
            return below;
        }

        var node = new JsonObject { [Itself] = new JsonObject() };
        foreach (var step in Steps(below).ToList())
        {
            node[step] = below[step]!.DeepClone();
        }

        return node;
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
