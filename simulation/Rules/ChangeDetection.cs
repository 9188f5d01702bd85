using System.Text.Json.Nodes;
using Ebb.Simulation.Json;
using Ebb.Simulation.Resources;

namespace Ebb.Simulation.Rules;

/// <summary>Whether a write changes anything, and whether it changes the spec.</summary>
internal static class ChangeDetection
{
    /// <summary>A new version, generation or manager's time alone is not a change.</summary>
    public static bool Same(JsonObject was, JsonObject now)
    {
        if (was.Count != now.Count)
        {
            return false;
        }

        foreach (var (name, value) in now)
        {
            if (!was.TryGetPropertyValue(name, out var before))
            {
                return false;
            }

            if (name == "metadata")
            {
                if (!SameMetadata((JsonObject)before!, (JsonObject)value!))
                {
                    return false;
                }
            }
            else if (!JsonNode.DeepEquals(before, value))
            {
                return false;
            }
        }

        return true;
    }

    private static bool SameMetadata(JsonObject was, JsonObject now)
    {
        foreach (var (name, value) in now)
        {
            if (name is "resourceVersion" or "generation")
            {
                continue;
            }

            if (!JsonNode.DeepEquals(was[name], value))
            {
                // Times alone are not a change of ownership.
                if (name == "managedFields" && SameOwners(was[name] as JsonArray, value as JsonArray))
                {
                    continue;
                }

                return false;
            }
        }

        return was.All(p => p.Value is null || now.ContainsKey(p.Key) || p.Key is "resourceVersion" or "generation");
    }

    private static bool SameOwners(JsonArray? was, JsonArray? now)
    {
        if (was?.Count != now?.Count || was is null || now is null)
        {
            return false;
        }

        return was.Zip(now)
            .All(p =>
                p.First is JsonObject a
                && p.Second is JsonObject b
                && JsonNode.DeepEquals(a["fieldsV1"], b["fieldsV1"])
                && a.Text("manager") == b.Text("manager")
            );
    }

    /// <summary>Whether the generation is incremented.</summary>
    public static bool SpecChanged(ApiResource type, JsonObject was, JsonObject now)
    {
        if (
            type.AnnotationsAreSpec
            && !JsonNode.DeepEquals(was.At("metadata", "annotations"), now.At("metadata", "annotations"))
        )
        {
            return true;
        }

        if (!type.IsCustom)
        {
            return !JsonNode.DeepEquals(was["spec"], now["spec"]);
        }

        foreach (var name in was.Select(p => p.Key).Concat(now.Select(p => p.Key)).Distinct())
        {
            if (name is "metadata" or "apiVersion" or "kind" || (name == "status" && type.HasStatus))
            {
                continue;
            }

            if (!JsonNode.DeepEquals(was[name], now[name]))
            {
                return true;
            }
        }

        return false;
    }
}
