using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Ebb.Tests.Deploy;

/// <summary>
/// A page that says of a kind what <c>kubectl explain --recursive</c> says, made from its definition.
/// </summary>
internal static class KindsReference
{
    public const string Heading = """
        # Kinds

        What `kubectl explain` says of each, from the definitions in `deploy/crds`. Under *bounds*: least and most, both
        included; lengths in characters; `required` where the object is refused without it.

        """;

    public static string Section(JsonNode definition)
    {
        var spec = definition["spec"]!;
        var version = spec["versions"]!.AsArray().Single(one => (bool)one!["storage"]!)!;
        var schema = version["schema"]!["openAPIV3Schema"]!;
        var names = spec["names"]!;
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"\n## {names["kind"]}\n\n");
        text.Append(CultureInfo.InvariantCulture, $"`{spec["group"]}/{version["name"]}`, ");
        text.Append((string?)spec["scope"] == "Cluster" ? "of the whole cluster" : "in a namespace");
        if (names["shortNames"] is JsonArray { Count: > 0 } shorts)
            text.Append(CultureInfo.InvariantCulture, $"; `kubectl get {(string?)shorts[0]}`");
        text.Append(CultureInfo.InvariantCulture, $". {Words(schema)}\n\n");
        text.Append("| field | type | bounds | meaning |\n|---|---|---|---|\n");
        foreach (var top in (string[])["spec", "status"])
            if (schema["properties"]?[top] is { } part)
                Rows(text, top, part, IsRequired(schema, top));
        return text.ToString();
    }

    private static void Rows(StringBuilder text, string path, JsonNode field, bool required)
    {
        text.Append(
            CultureInfo.InvariantCulture,
            $"| `{path}` | {Type(field)} | {Bounds(field, required)} | {Words(field)} |\n"
        );
        var (inner, prefix) = field["items"] is { } items ? (items, path + "[]") : (field, path);
        if (field["additionalProperties"] is JsonObject values)
            (inner, prefix) = (values, path + ".KEY");
        if (inner["properties"] is not JsonObject members)
            return;
        foreach (var (name, member) in members)
            Rows(text, $"{prefix}.{name}", member!, IsRequired(inner, name));
    }

    private static bool IsRequired(JsonNode owner, string name) =>
        owner["required"] is JsonArray names && names.Any(one => (string?)one == name);

    private static string Type(JsonNode field) =>
        (bool?)field["x-kubernetes-int-or-string"] == true
            ? "integer or string"
            : (string?)field["type"] switch
            {
                "array" => $"list of {Type(field["items"]!)}",
                null => "any",
                var one when (string?)field["format"] is { } format && format != "int32" && format != "int64" =>
                    $"{one} ({format})",
                var one => one,
            };

    private static string Bounds(JsonNode field, bool required)
    {
        List<string> parts = [];
        if (required)
            parts.Add("required");
        if (field["default"] is { } value)
            parts.Add($"default {value}");
        if (field["enum"] is JsonArray words)
            parts.Add(string.Join(", ", words.Select(word => $"`{word}`")));
        if ((field["minimum"], field["maximum"]) is var (least, most) && (least ?? most) is not null)
            parts.Add(Range(least, most));
        if ((field["minLength"], field["maxLength"]) is var (shortest, longest) && (shortest ?? longest) is not null)
            parts.Add($"length {Range(shortest, longest)}");
        if ((field["minItems"], field["maxItems"]) is var (fewest, mostItems) && (fewest ?? mostItems) is not null)
            parts.Add($"{Range(fewest, mostItems)} items");
        if ((string?)field["pattern"] is { } pattern)
            parts.Add($"`{Escaped(pattern)}`");
        return string.Join("; ", parts);
    }

    private static string Range(JsonNode? least, JsonNode? most) =>
        least is null ? $"at most {most}"
        : most is null ? $"at least {least}"
        : $"{least} to {most}";

    private static string Words(JsonNode field) => Escaped((string?)field["description"] ?? "").Trim();

    private static string Escaped(string text) =>
        text.Replace("|", "\\|", StringComparison.Ordinal).ReplaceLineEndings(" ");
}
