using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Ebb.Simulation.Yaml;

/// <summary>YAML to JSON and back, with the scalar rules of YAML 1.2's core schema, as kubectl has them.</summary>
internal static partial class Yaml
{
    /// <exception cref="YamlException">The text is not YAML.</exception>
    public static IReadOnlyList<JsonObject> Documents(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        return [.. stream.Documents.Select(d => Read(d.RootNode)).OfType<JsonObject>()];
    }

    public static string Write(JsonNode node)
    {
        var stream = new YamlStream(new YamlDocument(Make(node)));
        using var writer = new StringWriter(CultureInfo.InvariantCulture);
        stream.Save(writer, assignAnchors: false);
        var text = writer.ToString();
        return text.EndsWith("...\n", StringComparison.Ordinal) ? text[..^4] : text;
    }

    private static JsonNode? Read(YamlNode node) =>
        node switch
        {
            YamlMappingNode map => new JsonObject(
                map.Children.Select(c => KeyValuePair.Create(((YamlScalarNode)c.Key).Value ?? "", Read(c.Value)))
            ),
            YamlSequenceNode list => new JsonArray([.. list.Children.Select(Read)]),
            YamlScalarNode scalar => Scalar(scalar),
            _ => null,
        };

    private static JsonNode? Scalar(YamlScalarNode scalar)
    {
        var value = scalar.Value ?? "";
        if (scalar.Style is not ScalarStyle.Plain and not ScalarStyle.Any)
        {
            return value;
        }

        return value switch
        {
            "" or "~" or "null" or "Null" or "NULL" => null,
            "true" or "True" or "TRUE" => true,
            "false" or "False" or "FALSE" => false,
            _ when long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) =>
                whole,
            _ when value[0] is >= '0' and <= '9' or '-' or '.'
                    && double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var real) => real,
            _ => value,
        };
    }

    private static YamlNode Make(JsonNode? node) =>
        node switch
        {
            // As Go writes maps: by key.
            JsonObject o => new YamlMappingNode(
                o.OrderBy(p => p.Key, StringComparer.Ordinal)
                    .SelectMany(p => new[] { new YamlScalarNode(p.Key), Make(p.Value) })
            ),
            JsonArray a => new YamlSequenceNode(a.Select(Make)),
            null => new YamlScalarNode("null"),
            JsonValue v when v.GetValueKind() == System.Text.Json.JsonValueKind.String => new YamlScalarNode(
                v.GetValue<string>()
            )
            {
                Style = Style(v.GetValue<string>()),
            },
            _ => new YamlScalarNode(node.ToJsonString()),
        };

    // Quoted when a reader would not take it for text: a number, a time, or one of YAML 1.1's words for true and false.
    private static ScalarStyle Style(string text) =>
        Scalar(new YamlScalarNode(text)) is JsonValue v
        && v.GetValueKind() == System.Text.Json.JsonValueKind.String
        && text.Length > 0
        && !OldWord().IsMatch(text)
        && !TimeForm().IsMatch(text)
            ? ScalarStyle.Any
            : ScalarStyle.DoubleQuoted;

    [GeneratedRegex("^(y|n|yes|no|on|off)$", RegexOptions.IgnoreCase)]
    private static partial Regex OldWord();

    [GeneratedRegex(@"^\d{4}-\d\d?-\d\d?([Tt ].*)?$")]
    private static partial Regex TimeForm();
}
