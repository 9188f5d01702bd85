using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ebb.Kubernetes.Resources;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Ebb.Engine.Schedules;

/// <summary>A document of a manifest, as the API server would read it.</summary>
/// <param name="Number">Its place, counted from 1.</param>
/// <param name="Json">The object.</param>
internal sealed record ManifestDocument(int Number, JsonObject Json);

/// <summary>Manifests in YAML or JSON, one or more documents; a List is each of its items.</summary>
internal static class Documents
{
    /// <summary>A member that stands twice is an error, as in YAML.</summary>
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>All documents that can be read, and what is wrong with the others.</summary>
    public static (IReadOnlyList<ManifestDocument> Documents, IReadOnlyList<ScheduleError> Errors) Read(
        string text,
        bool yaml
    )
    {
        List<ManifestDocument> documents = [];
        List<ScheduleError> errors = [];
        try
        {
            var number = 0;
            foreach (var root in yaml ? Yaml(text) : [WholeTexts.Parse(text, Strict)])
            {
                number++;
                // An empty document, such as a comment between two separators, says nothing.
                if (root is null)
                    continue;
                if (root is not JsonObject item)
                    errors.Add(new ScheduleError(number, "$", "an object", root is JsonArray ? "a list" : "a value"));
                else if ((string?)item["kind"] == "List" && item["items"] is JsonArray items)
                    foreach (var one in items.OfType<JsonObject>())
                        documents.Add(new ManifestDocument(number, one));
                else
                    documents.Add(new ManifestDocument(number, item));
            }
        }
        catch (JsonException failure)
        {
            errors.Add(
                new ScheduleError(
                    1,
                    "$",
                    "JSON",
                    $"something else in line {(failure.LineNumber ?? 0) + 1}, at byte {failure.BytePositionInLine ?? 0}"
                )
            );
        }
        catch (YamlException failure)
        {
            errors.Add(
                new ScheduleError(
                    null,
                    "$",
                    "YAML",
                    $"something else in line {failure.Start.Line}, column {failure.Start.Column}: {failure.Message}"
                )
            );
        }
        catch (InvalidOperationException failure)
        {
            // A member that is not the kind of value it must be, such as kind: [].
            errors.Add(new ScheduleError(null, "$", "objects with a kind", failure.Message));
        }

        return (documents, errors);
    }

    private static List<JsonNode?> Yaml(string text)
    {
        var stream = new YamlStream();
        stream.Load(new BoundedYaml(text));
        // An alias may stand for a tree of aliases: few bytes must not become many nodes.
        var left = BoundedYaml.MostNodes;
        return [.. stream.Documents.Select(document => Node(document.RootNode, ref left, 0))];
    }

    private static JsonNode? Node(YamlNode node, ref int left, int deep)
    {
        if (--left < 0 || deep > BoundedYaml.MostDeep)
            throw new YamlException(
                node.Start,
                node.End,
                $"more than {BoundedYaml.MostNodes} nodes or {BoundedYaml.MostDeep} levels"
            );
        switch (node)
        {
            case YamlMappingNode mapping:
                var result = new JsonObject();
                foreach (var (key, value) in mapping.Children)
                    result[
                        key is YamlScalarNode { Value: { } name }
                            ? name
                            : throw new YamlException(key.Start, key.End, "a key that is not a text")
                    ] = Node(value, ref left, deep + 1);
                return result;
            case YamlSequenceNode sequence:
                var list = new JsonArray();
                foreach (var item in sequence.Children)
                    list.Add(Node(item, ref left, deep + 1));
                return list;
            case YamlScalarNode { Style: ScalarStyle.Plain or ScalarStyle.Any, Tag.IsEmpty: true, Value: var plain }:
                return Plain(plain ?? "");
            case YamlScalarNode scalar:
                return scalar.Value;
            default:
                throw new YamlException(node.Start, node.End, "a node that is neither a mapping, a list nor a value");
        }
    }

    /// <summary>
    /// Only what the core schema of YAML 1.2 calls a number, a truth or nothing; times and dates are texts.
    /// </summary>
    private static JsonNode? Plain(string text) =>
        text switch
        {
            "" or "~" or "null" or "Null" or "NULL" => null,
            "true" or "True" or "TRUE" => true,
            "false" or "False" or "FALSE" => false,
            _ when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) =>
                whole,
            [>= '0' and <= '9' or '-' or '+' or '.', ..]
                when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                    && double.IsFinite(number) => number,
            _ => text,
        };
}
