using System.Globalization;
using System.Text.Json.Nodes;

namespace Ebb.Simulation.Schemas;

/// <summary>
/// Reads the compact notation of the built-in types (Resources/schemas.txt):
/// <code>
/// TypeName [atomic]
///   field type [!] [= default] [&gt;= minimum]
/// </code>
/// where type is text, int, int64, number, flag, intstr, quantity, any, time, a TypeName, {type} for a map, or [type]
/// for a list that is replaced as a whole, [type by key,key] for one merged by key, [type set] for a set. ! is
/// required. An atomic type has one owner as a whole.
/// </summary>
internal static class SchemaNotation
{
    public static Dictionary<string, Schema> Read(string source)
    {
        var types = new Dictionary<string, Schema>(StringComparer.Ordinal);
        var copies = new List<(Schema From, Schema To)>();
        Schema? current = null;
        foreach (var line in source.Split('\n'))
        {
            if (line.Trim().Length == 0 || line[0] == '#')
            {
                continue;
            }

            if (line[0] != ' ')
            {
                var words = line.Trim().Split(' ');
                current = Named(types, words[0]);
                current.AtomicMap = words is [_, "atomic"];
                continue;
            }

            var text = line.Trim();
            var gap = text.IndexOf(' ', StringComparison.Ordinal);
            var name = text[..gap];
            var field = Field(text[(gap + 1)..].Trim(), types, copies, out var required);
            current!.Properties[name] = field;
            if (required)
            {
                current.Required.Add(name);
            }
        }

        // A type may be used before its definition, so its fields are copied last.
        foreach (var (from, to) in copies)
        {
            to.AtomicMap = from.AtomicMap;
            foreach (var (name, child) in from.Properties)
            {
                to.Properties[name] = child;
            }

            to.Required.AddRange(from.Required);
        }

        return types;
    }

    private static Schema Named(Dictionary<string, Schema> types, string name)
    {
        if (!types.TryGetValue(name, out var found))
        {
            found = new Schema { Shape = Shape.Object, Name = name };
            types.Add(name, found);
        }

        return found;
    }

    private static Schema Field(
        string text,
        Dictionary<string, Schema> types,
        List<(Schema From, Schema To)> copies,
        out bool required
    )
    {
        var end = text[0] switch
        {
            '[' => text.LastIndexOf(']') + 1,
            '{' => text.LastIndexOf('}') + 1,
            _ => text.IndexOf(' ', StringComparison.Ordinal),
        };
        var type = end <= 0 ? text : text[..end];
        var rest = end <= 0 ? "" : text[end..].Trim();
        var schema = Type(type, types);
        required = rest.StartsWith('!');
        rest = rest.TrimStart('!').Trim();
        if (rest.Length > 0 && schema.Name is not null)
        {
            // A shared type with a default of its own at this field.
            var shared = schema;
            schema = new Schema { Shape = shared.Shape, Name = shared.Name };
            copies.Add((shared, schema));
        }

        var least = rest.IndexOf(">=", StringComparison.Ordinal);
        if (least >= 0)
        {
            schema.Minimum = double.Parse(rest[(least + 2)..].Trim(), CultureInfo.InvariantCulture);
            rest = rest[..least].Trim();
        }

        if (rest.StartsWith('='))
        {
            schema.Default = JsonNode.Parse(rest[1..].Trim());
        }

        return schema;
    }

    private static Schema Type(string text, Dictionary<string, Schema> types)
    {
        if (text[0] == '{')
        {
            return new Schema
            {
                Shape = Shape.Object,
                Additional = Type(text[1..^1].Trim(), types),
                Nullable = true,
            };
        }

        if (text[0] == '[')
        {
            var inside = text[1..^1].Trim();
            var list = new Schema { Shape = Shape.List, Nullable = true };
            if (inside.EndsWith(" set", StringComparison.Ordinal))
            {
                list.Merge = ListMerge.Set;
                inside = inside[..^4];
            }
            else if (inside.IndexOf(" by ", StringComparison.Ordinal) is >= 0 and var by)
            {
                list.Merge = ListMerge.ByKey;
                list.Keys = inside[(by + 4)..].Split(',');
                inside = inside[..by];
            }

            list.Items = Type(inside.Trim(), types);
            return list;
        }

        return text switch
        {
            "text" => new Schema { Shape = Shape.Text, Nullable = true },
            "time" => new Schema
            {
                Shape = Shape.Text,
                Nullable = true,
                Format = "date-time",
            },
            "int" => new Schema { Shape = Shape.Integer, Nullable = true },
            "int64" => new Schema
            {
                Shape = Shape.Integer,
                Nullable = true,
                Format = "int64",
            },
            "number" => new Schema { Shape = Shape.Number, Nullable = true },
            "flag" => new Schema { Shape = Shape.Flag, Nullable = true },
            "intstr" => new Schema { Shape = Shape.IntOrText, Nullable = true },
            "quantity" => new Schema
            {
                Shape = Shape.IntOrText,
                Nullable = true,
                Format = "quantity",
            },
            "any" => new Schema
            {
                Shape = Shape.Any,
                PreserveUnknown = true,
                Nullable = true,
            },
            _ => Named(types, text),
        };
    }
}
