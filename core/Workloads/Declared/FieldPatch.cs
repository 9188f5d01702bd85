using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ebb.Core.Workloads.Declared;

/// <summary>The merge patch (RFC 7396) that gives fields their values.</summary>
public static class FieldPatch
{
    /// <summary>
    /// Null: every field has its value. A value that is no JSON is given back as it is, for whoever writes it to tell.
    /// </summary>
    public static string? Of(ObjectFields now, IReadOnlyList<FieldValue> wanted)
    {
        ArgumentNullException.ThrowIfNull(now);
        ArgumentNullException.ThrowIfNull(wanted);
        var patch = new JsonObject();
        List<(FieldPath Path, FieldPath From)> emptied = [];
        foreach (var field in wanted)
        {
            if (now.Has(field))
                continue;
            var value = field.Json is null ? null : FieldJson.Parse(field.Json);
            if (FieldPath.Parse(field.Path) is not { } path || (value is null && field.Json is not null))
                return $"{field.Path}: {field.Json}";
            var present = now.Json(path) is { } json ? FieldJson.Parse(json) : null;
            Node(patch, path.Members)[path.Members[^1]] = Change(present, value);
            if (value is null && FieldPath.Parse(field.AbsentFrom) is { } from)
                emptied.Add((path, from));
        }
        foreach (var (path, from) in emptied)
            TakeEmpty(patch, now, path.Members, from.Members.Count);
        return patch.Count == 0 ? null : patch.ToJsonString();
    }

    /// <summary>Whether the server kept what a patch asked for.</summary>
    public static bool IsIn(JsonElement patch, JsonElement answer) =>
        patch.ValueKind != JsonValueKind.Object
            ? FieldJson.Same(patch.GetRawText(), answer.GetRawText())
            : patch
                .EnumerateObject()
                .All(member =>
                    answer.ValueKind == JsonValueKind.Object
                    && answer.TryGetProperty(member.Name, out var found)
                    && found.ValueKind != JsonValueKind.Null
                        ? IsIn(member.Value, found)
                        : IsNothing(member.Value)
                );

    /// <summary>Whether two patches give a field the same value.</summary>
    public static bool Overlap(string one, string other) =>
        Values(FieldJson.Parse(one), "").Intersect(Values(FieldJson.Parse(other), "")).Any();

    private static IEnumerable<(string Path, string Json)> Values(JsonNode? node, string path) =>
        node is JsonObject { Count: > 0 } members
            ? members.SelectMany(member => Values(member.Value, $"{path}\n{member.Key}"))
            : [(path, node?.ToJsonString() ?? "null")];

    private static bool IsNothing(JsonElement patch) =>
        patch.ValueKind == JsonValueKind.Null
        || (patch.ValueKind == JsonValueKind.Object && patch.EnumerateObject().All(member => IsNothing(member.Value)));

    /// <summary>The object of the patch in which the last name stands.</summary>
    private static JsonObject Node(JsonObject patch, IReadOnlyList<string> members)
    {
        foreach (var name in members.SkipLast(1))
        {
            if (patch[name] is not JsonObject next)
                patch[name] = next = [];
            patch = next;
        }
        return patch;
    }

    /// <summary>A patch merges objects, so a member that is not wanted must be named with null.</summary>
    private static JsonNode? Change(JsonNode? present, JsonNode? wanted)
    {
        if (present is not JsonObject before || wanted is not JsonObject after)
            return wanted?.DeepClone();
        var change = new JsonObject();
        foreach (var (name, value) in after)
            if (!JsonNode.DeepEquals(value, before[name]))
                change[name] = Change(before[name], value);
        foreach (var (name, _) in before)
            if (!after.ContainsKey(name))
                change[name] = null;
        return change;
    }

    /// <summary>Takes away the objects around a field that were absent and would be left empty.</summary>
    private static void TakeEmpty(JsonObject patch, ObjectFields now, IReadOnlyList<string> members, int least)
    {
        for (var count = members.Count - 1; count >= least; count--)
        {
            var around = patch;
            foreach (var name in members.Take(count - 1))
            {
                if (around[name] is not JsonObject next)
                    return;
                around = next;
            }
            if (
                around[members[count - 1]] is not JsonObject node
                || now.Find(members, count) is not { ValueKind: JsonValueKind.Object } there
                || there.EnumerateObject().Any(one => !node.ContainsKey(one.Name) || node[one.Name] is not null)
            )
                return;
            around[members[count - 1]] = null;
        }
    }
}
