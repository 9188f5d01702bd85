using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Ebb.Tests.Simulation.Recorded;

/// <summary>Removes generated values from an answer.</summary>
internal static partial class Normalization
{
    public static JsonNode? Of(JsonNode? node) =>
        node switch
        {
            JsonObject o => new JsonObject(
                o.Where(p => p.Value is not null && p.Key != "storageVersionHash")
                    .OrderBy(p => p.Key, StringComparer.Ordinal)
                    .Select(p => KeyValuePair.Create(p.Key, Field(p.Key, p.Value!)))
            ),
            JsonArray a => new JsonArray([.. a.Select(Of)]),
            JsonValue v when v.GetValueKind() == System.Text.Json.JsonValueKind.String => Text(v.GetValue<string>()),
            _ => node?.DeepClone(),
        };

    private static JsonNode? Field(string name, JsonNode value) =>
        (name, value) switch
        {
            ("resourceVersion", JsonValue) => "<version>",
            ("continue", JsonValue token) => token.GetValue<string>().Length > 0 ? "<continue>" : "",
            ("managedFields", JsonArray entries) => new JsonArray([
                .. entries
                    .Select(Entry)
                    .OrderBy(
                        e => e!["operation"]!.ToString() + e["manager"] + e["subresource"] + e["apiVersion"],
                        StringComparer.Ordinal
                    ),
            ]),
            _ => Of(value),
        };

    private static JsonNode? Entry(JsonNode? entry)
    {
        var tree = Of(entry)!.AsObject();
        tree.Remove("time");
        return tree;
    }

    /// <summary>YAML text without generated values.</summary>
    public static string Yaml(string text) => YamlVersion().Replace(Text(text), "resourceVersion: <version>");

    public static string Text(string text)
    {
        text = Uid().Replace(text, "<uid>");
        text = Time().Replace(text, "<time>");
        text = Version().Replace(text, "${before}<version>");
        return GeneratedName().Replace(text, "web-<name>");
    }

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")]
    private static partial Regex Uid();

    [GeneratedRegex(@"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")]
    private static partial Regex Time();

    [GeneratedRegex(@"(?<before>ResourceVersion in record \(|current: |too old resource version: \d+ \()\d+")]
    private static partial Regex Version();

    [GeneratedRegex("resourceVersion: \"\\d+\"")]
    private static partial Regex YamlVersion();

    [GeneratedRegex("^web[-.][a-z0-9]{5}$")]
    private static partial Regex GeneratedName();
}
