using System.Text.Json.Nodes;
using Ebb.Simulation.Api;
using Ebb.Simulation.Json;
using Ebb.Simulation.Schemas;

namespace Ebb.Simulation.Patching;

/// <summary>
/// Kubernetes' own merge patch: lists with a key are merged item by item, and directives ($patch,
/// $deleteFromPrimitiveList, …) apply.
/// </summary>
internal static class StrategicMerge
{
    public static JsonObject Apply(JsonObject target, JsonObject patch, Schema? schema)
    {
        if (patch.Text("$patch") == "replace")
        {
            var whole = patch.Copy();
            whole.Remove("$patch");
            return whole;
        }

        foreach (var (name, value) in patch)
        {
            if (name.StartsWith('$'))
            {
                Directive(target, name, value, schema);
                continue;
            }

            var child = name == "metadata" ? Metadata : schema?.Of(name);
            switch (value)
            {
                case null:
                    target.Remove(name);
                    break;
                case JsonObject inner when inner.Text("$patch") == "delete":
                    target.Remove(name);
                    break;
                case JsonObject inner when target[name] is JsonObject old && inner.Text("$patch") != "replace":
                    Apply(old, inner, child);
                    break;
                case JsonObject inner:
                    target[name] = Apply([], inner, child);
                    break;
                case JsonArray list when child is { Merge: ListMerge.ByKey }:
                    target[name] = Merge(target[name] as JsonArray ?? [], list, child);
                    break;
                case JsonArray list when child is { Merge: ListMerge.Set }:
                    target[name] = Join(target[name] as JsonArray ?? [], list);
                    break;
                default:
                    target[name] = value.DeepClone();
                    break;
            }
        }

        return target;
    }

    private static readonly Schema Metadata = SchemaNotation.Read(
        """
        Meta
          labels {text}
          annotations {text}
          finalizers [text set]
          ownerReferences [any by uid]
        """
    )["Meta"];

    private static void Directive(JsonObject target, string name, JsonNode? value, Schema? schema)
    {
        const string FromList = "$deleteFromPrimitiveList/";
        const string Order = "$setElementOrder/";
        const string Retain = "$retainKeys";
        if (name.StartsWith(FromList, StringComparison.Ordinal) && target[name[FromList.Length..]] is JsonArray list)
        {
            foreach (var gone in value as JsonArray ?? [])
            {
                foreach (var item in list.Where(i => JsonNode.DeepEquals(i, gone)).ToList())
                {
                    list.Remove(item);
                }
            }
        }
        else if (name.StartsWith(Order, StringComparison.Ordinal))
        {
            // The merge keeps the order of what was there and appends what is new, which is the order kubectl asks for
            // in practice.
            _ = schema;
        }
        else if (name == Retain && value is JsonArray keep)
        {
            var kept = keep.Select(k => k?.ToString()).ToHashSet();
            foreach (var field in target.Select(p => p.Key).Where(k => !kept.Contains(k)).ToList())
            {
                target.Remove(field);
            }
        }
    }

    private static JsonArray Merge(JsonArray old, JsonArray patch, Schema list)
    {
        if (patch.OfType<JsonObject>().Any(i => i.Text("$patch") == "replace"))
        {
            return new JsonArray([
                .. patch.OfType<JsonObject>().Where(i => !i.ContainsKey("$patch")).Select(i => i.DeepClone()),
            ]);
        }

        // Strategic merge uses one key where field ownership has several.
        var key = list.Keys[0];
        var merged = (JsonArray)old.DeepClone();
        foreach (var item in patch)
        {
            if (item is not JsonObject change)
            {
                throw Failure.BadRequest("invalid patch: list of objects expected");
            }

            var mine = merged.OfType<JsonObject>().FirstOrDefault(o => JsonNode.DeepEquals(o[key], change[key]));
            if (change.Text("$patch") == "delete")
            {
                if (mine is not null)
                {
                    merged.Remove(mine);
                }
            }
            else if (mine is null)
            {
                merged.Add(Apply([], change, list.Items));
            }
            else
            {
                Apply(mine, change, list.Items);
            }
        }

        return merged;
    }

    private static JsonArray Join(JsonArray old, JsonArray patch)
    {
        var joined = (JsonArray)old.DeepClone();
        foreach (var item in patch.Where(i => !joined.Any(j => JsonNode.DeepEquals(i, j))).ToList())
        {
            joined.Add(item?.DeepClone());
        }

        return joined;
    }
}
