using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Ebb.Tests.Deploy;

/// <summary>A page that says of each route what <c>GET /api/openapi.json</c> says, made from that document.</summary>
internal static partial class ApiReference
{
    private const string Heading = """
        # HTTP API

        What `GET /api/openapi.json` says, for people. GET and HEAD take the view key or the control key in
        `x-functions-key`, as a bearer token or as `?code=`, everything else the control key; in a browser
        `POST /api/session` signs in once. HEAD answers as GET does, without the body. A refusal is a
        [problem](#problems); beside those of its table each route may answer 401, 403, 408, 413, 415, 421 and 500.
        Instants are RFC 3339, durations in answers are seconds.

        """;

    private static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <param name="document">As it is served.</param>
    /// <param name="problems">The page that explains the types of problems.</param>
    public static string Of(JsonObject document, string problems)
    {
        var text = new StringBuilder(Heading);
        text.Append("\n| route | what it does |\n|---|---|\n");
        var operations = Operations(document).ToList();
        foreach (var (method, path, operation) in operations)
            text.Append(
                CultureInfo.InvariantCulture,
                $"| [`{method} {path}`](#{Anchor(method, path)}) | {Escaped((string?)operation["summary"])} |\n"
            );
        foreach (var (method, path, operation) in operations)
            Operation(text, $"{method} {path}", operation);
        text.Append("\n## Problems\n\nWhat each means, and what to do: [problems](../problems.md).\n");
        text.Append("\n| status | `type` |\n|---|---|\n");
        foreach (
            var status in ProblemRow().Matches(problems).GroupBy(row => row.Groups[2].Value, row => row.Groups[1].Value)
        )
            text.Append(CultureInfo.InvariantCulture, $"| {status.Key} | {string.Join(", ", status)} |\n");
        text.Append("\n## Shapes\n\nMembers whose value is null when it is not known are marked *or null*.\n");
        var schemas = document["components"]!["schemas"]!.AsObject();
        SortedSet<string> shown = new(StringComparer.Ordinal);
        foreach (var (_, _, operation) in operations)
            Reach(operation, schemas, shown);
        foreach (var name in shown)
            Shape(text, name, schemas[name]!);
        return text.ToString();
    }

    /// <summary>The shapes that a part of the document leads to.</summary>
    private static void Reach(JsonNode? from, JsonObject schemas, SortedSet<string> reached)
    {
        if (from is JsonArray many)
            foreach (var one in many)
                Reach(one, schemas, reached);
        if (from is not JsonObject members)
            return;
        foreach (var (name, value) in members)
            if (name != "$ref")
                Reach(value, schemas, reached);
            else if (((string)value!).Split('/')[^1] is var shape && reached.Add(shape))
                Reach(schemas[shape], schemas, reached);
    }

    /// <summary>Without those of the demo.</summary>
    private static IEnumerable<(string Method, string Path, JsonNode Operation)> Operations(JsonObject document) =>
        document["paths"]!
            .AsObject()
            .Where(path => !path.Key.StartsWith("/api/demo/", StringComparison.Ordinal))
            .SelectMany(path =>
                path.Value!.AsObject()
                    .Select(one => (Method: one.Key.ToUpperInvariant(), Path: path.Key, Operation: one.Value!))
            )
            .OrderBy(one => one.Path, StringComparer.Ordinal)
            .ThenBy(one => one.Method, StringComparer.Ordinal);

    private static void Operation(StringBuilder text, string route, JsonNode operation)
    {
        text.Append(CultureInfo.InvariantCulture, $"\n## `{route}`\n\n{(string?)operation["summary"]}\n");
        if (operation["parameters"] is JsonArray { Count: > 0 } parameters)
        {
            text.Append("\n| parameter | in | meaning |\n|---|---|---|\n");
            foreach (var one in parameters)
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"| `{one!["name"]}` | {one["in"]} | {Escaped((string?)one["description"])} |\n"
                );
        }
        var isNeeded = (bool?)operation["requestBody"]?["required"] == true;
        if (operation["requestBody"]?["content"] is JsonObject bodies)
            foreach (var (type, content) in bodies)
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"\nBody{(isNeeded ? "" : " (may be left out)")}, `{type}`:\n\n{Example(content!["example"])}"
                );
        text.Append("\n| status | answer |\n|---|---|\n");
        foreach (var (status, answer) in operation["responses"]!.AsObject())
            text.Append(CultureInfo.InvariantCulture, $"| {status} | {Answer(answer!)} |\n");
    }

    private static string Answer(JsonNode answer) =>
        answer["content"] is not JsonObject { Count: > 0 } content
            ? "no body"
            : string.Join(
                "; ",
                content.Select(one =>
                    one.Key == "application/problem+json" ? "a [problem](#problems)"
                    : one.Value?["schema"] is { } schema ? $"{Type(schema)}, `{one.Key}`"
                    : $"`{one.Key}`"
                )
            );

    private static string Example(JsonNode? example) =>
        example switch
        {
            null => "",
            JsonValue value when value.GetValueKind() == JsonValueKind.String =>
                $"```yaml\n{((string)value!).TrimEnd()}\n```\n",
            _ => $"```json\n{example.ToJsonString(Readable)}\n```\n",
        };

    private static void Shape(StringBuilder text, string name, JsonNode schema)
    {
        text.Append(CultureInfo.InvariantCulture, $"\n### {name}\n\n");
        if (schema["properties"] is not JsonObject { Count: > 0 } members)
        {
            text.Append(CultureInfo.InvariantCulture, $"{Type(schema)}\n");
            return;
        }
        text.Append("| member | type |\n|---|---|\n");
        foreach (var (member, type) in members)
            text.Append(CultureInfo.InvariantCulture, $"| `{member}` | {Type(type!)}{Words(type!)} |\n");
    }

    private static string Words(JsonNode schema) =>
        (string?)schema["description"] is { Length: > 0 } words ? $", {Escaped(words)}" : "";

    private static string Type(JsonNode? schema)
    {
        if ((string?)schema?["$ref"] is { } reference)
            return $"[{reference.Split('/')[^1]}](#{reference.Split('/')[^1].ToLowerInvariant()})";
        if (schema?["oneOf"] is JsonArray choices)
            return string.Join(" or ", choices.Select(Type));
        if (schema?["enum"] is JsonArray words)
            return string.Join(", ", words.Select(word => word is null ? "null" : $"`{word}`"));
        if (schema?["type"] is JsonArray several)
            return string.Join(
                " or ",
                several
                    .Select(one => (string)one!)
                    .Where(one => one != "null" && !(one == "string" && schema["pattern"] is not null))
                    .Select(one => Named(one, schema))
                    .Concat(several.Any(one => (string?)one == "null") ? ["null"] : [])
            );
        return (string?)schema?["type"] is { } type ? Named(type, schema!) : "anything";
    }

    private static string Named(string type, JsonNode schema) =>
        type switch
        {
            "array" => $"list of {Type(schema["items"])}",
            "object" when schema["additionalProperties"] is JsonObject values => $"object of {Type(values)}",
            "string" when (string?)schema["format"] is { } format => $"string ({format})",
            _ => type,
        };

    private static string Anchor(string method, string path) =>
        NotInAnchors().Replace($"{method} {path}".ToLowerInvariant(), "").Replace(' ', '-');

    private static string Escaped(string? text) =>
        (text ?? "").Replace("|", "\\|", StringComparison.Ordinal).ReplaceLineEndings(" ");

    [GeneratedRegex(@"^\| (`urn:ebb:problem:[a-z-]+`) \| (\d+) \|", RegexOptions.Multiline)]
    private static partial Regex ProblemRow();

    [GeneratedRegex(@"[^a-z0-9 _-]")]
    private static partial Regex NotInAnchors();
}
