using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ebb.Simulation.Json;

namespace Ebb.Simulation.Schemas;

/// <summary>
/// Validates a value against a schema, with the API server's messages for custom resources. With an old value,
/// unchanged parts are not reported again (ratcheting), so that a stricter schema does not block updates.
/// </summary>
internal static class Validation
{
    public static void Check(JsonNode? node, Schema schema, string path, FieldErrors errors, JsonNode? old = null)
    {
        if (old is not null && JsonNode.DeepEquals(node, old))
        {
            return;
        }

        if (node is null)
        {
            if (!schema.Nullable && schema.Shape != Shape.Any)
            {
                errors.WrongType(path, null, $"{path} in body must be of type {Word(schema.Shape)}: \"null\"");
            }

            return;
        }

        var kind = node.GetValueKind();
        if (!Fits(schema.Shape, node, kind))
        {
            errors.WrongType(
                path,
                TypeWord(kind),
                $"{path} in body must be of type {Word(schema.Shape)}: \"{TypeWord(kind)}\""
            );
            return;
        }

        if (schema.Enum.Count > 0 && !schema.Enum.Any(e => JsonNode.DeepEquals(e, node)))
        {
            errors.Unsupported(path, node, schema.Enum.Select(e => e.ToString()));
        }

        switch (node)
        {
            case JsonObject o:
                CheckObject(o, schema, path, errors, old as JsonObject);
                break;
            case JsonArray list:
                CheckList(list, schema, path, errors, old as JsonArray);
                break;
            default:
                CheckScalar(node, kind, schema, path, errors);
                break;
        }

        foreach (var (rule, message) in schema.Rules)
        {
            if (!CommonRules.Holds(rule, node))
            {
                errors.Say("FieldValueInvalid", path.Length == 0 ? "<nil>" : path, $"Invalid value: {message}");
            }
        }
    }

    private static void CheckObject(JsonObject o, Schema schema, string path, FieldErrors errors, JsonObject? old)
    {
        foreach (var name in schema.Required)
        {
            if (!o.ContainsKey(name))
            {
                errors.Required(Join(path, name));
            }
        }

        foreach (var (name, value) in o)
        {
            if ((path.Length == 0 || schema.Embedded) && name is "apiVersion" or "kind" or "metadata")
            {
                continue;
            }

            if (schema.Of(name) is { } child)
            {
                Check(value, child, Join(path, name), errors, old?[name]);
            }
        }
    }

    private static void CheckList(JsonArray list, Schema schema, string path, FieldErrors errors, JsonArray? old)
    {
        if (schema.MinItems is { } least && list.Count < least)
        {
            errors.Invalid(path, list.Count, $"{path} in body should have at least {least} items");
        }

        if (schema.MaxItems is { } most && list.Count > most)
        {
            errors.Say("FieldValueTooMany", path, $"Too many: {list.Count}: must have at most {most} items");
        }

        if (schema.Items is not { } items)
        {
            return;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < list.Count; i++)
        {
            JsonNode? before = null;
            if (schema.Merge == ListMerge.ByKey && list[i] is JsonObject item)
            {
                before = old
                    ?.OfType<JsonObject>()
                    .FirstOrDefault(o => schema.Keys.All(k => JsonNode.DeepEquals(o[k], item[k])));
                var key = string.Join('\0', schema.Keys.Select(k => item[k]?.ToJsonString()));
                if (!seen.Add(key))
                {
                    var shown = new JsonObject(schema.Keys.Select(k => KeyValuePair.Create(k, item[k]?.DeepClone())));
                    errors.Say("FieldValueDuplicate", $"{path}[{i}]", $"Duplicate value: {shown.ToJsonString()}");
                }
            }

            Check(list[i], items, $"{path}[{i}]", errors, before);
        }
    }

    private static void CheckScalar(JsonNode node, JsonValueKind kind, Schema schema, string path, FieldErrors errors)
    {
        if (kind == JsonValueKind.Number && node.Number() is { } number)
        {
            if (schema.Minimum is { } least && (number < least || (schema.ExclusiveMinimum && number == least)))
            {
                errors.Invalid(
                    path,
                    node,
                    $"{path} in body should be greater than{(schema.ExclusiveMinimum ? "" : " or equal to")} {Plain(least)}"
                );
            }

            if (schema.Maximum is { } most && (number > most || (schema.ExclusiveMaximum && number == most)))
            {
                errors.Invalid(
                    path,
                    node,
                    $"{path} in body should be less than{(schema.ExclusiveMaximum ? "" : " or equal to")} {Plain(most)}"
                );
            }
        }

        if (kind == JsonValueKind.String)
        {
            var text = node.GetValue<string>();
            if (schema.MinLength is { } shortest && text.Length < shortest)
            {
                errors.Invalid(path, node, $"{path} in body should be at least {shortest} chars long");
            }

            if (schema.MaxLength is { } longest && text.Length > longest)
            {
                errors.Say("FieldValueTooLong", path, $"Too long: may not be more than {longest} bytes");
            }

            if (schema.Pattern is { } pattern && !pattern.IsMatch(text))
            {
                errors.Invalid(path, node, $"{path} in body should match '{pattern}'");
            }

            if (
                schema.Format == "date-time"
                && !DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _)
            )
            {
                errors.Invalid(path, node, $"{path} in body must be of type date-time: {node.ToJsonString()}");
            }
        }
    }

    public static bool Fits(Shape shape, JsonNode node, JsonValueKind kind) =>
        shape switch
        {
            Shape.Any => true,
            Shape.Object => kind == JsonValueKind.Object,
            Shape.List => kind == JsonValueKind.Array,
            Shape.Text => kind == JsonValueKind.String,
            Shape.Flag => kind is JsonValueKind.True or JsonValueKind.False,
            Shape.Number => kind == JsonValueKind.Number,
            Shape.Integer => kind == JsonValueKind.Number && node.Whole() is not null,
            Shape.IntOrText => kind == JsonValueKind.String
                || (kind == JsonValueKind.Number && node.Whole() is not null),
            _ => false,
        };

    public static string Word(Shape shape) =>
        shape switch
        {
            Shape.Object => "object",
            Shape.List => "array",
            Shape.Text => "string",
            Shape.Flag => "boolean",
            Shape.Integer => "integer",
            Shape.Number => "number",
            Shape.IntOrText => "integer,string",
            _ => "any",
        };

    private static string TypeWord(JsonValueKind kind) =>
        kind switch
        {
            JsonValueKind.Object => "object",
            JsonValueKind.Array => "array",
            JsonValueKind.String => "string",
            JsonValueKind.Number => "number",
            JsonValueKind.True or JsonValueKind.False => "boolean",
            _ => "null",
        };

    private static string Join(string path, string name) => path.Length == 0 ? name : path + "." + name;

    private static string Plain(double number) => number.ToString("R", CultureInfo.InvariantCulture);
}
