using System.Text.Json;
using System.Text.Json.Nodes;
using Ebb.Simulation.Json;

namespace Ebb.Simulation.Schemas;

/// <summary>A value that could not be decoded into its Go field, with the decoder's message.</summary>
internal static class WrongTypes
{
    private static readonly Schema Metadata = SchemaNotation.Read(
        """
        ObjectMeta
          name text
          generateName text
          namespace text
          uid text
          resourceVersion text
          generation int64
          creationTimestamp time
          deletionTimestamp time
          deletionGracePeriodSeconds int64
          labels {text}
          annotations {text}
          ownerReferences [OwnerReference]
          finalizers [text]
        OwnerReference
          apiVersion text
          kind text
          name text
          uid text
          controller flag
          blockOwnerDeletion flag
        """
    )["ObjectMeta"];

    /// <summary>The fields of every object.</summary>
    public static string? InMetadata(JsonObject tree) =>
        tree["metadata"] is { } metadata ? Find(metadata, Metadata, "metadata", "ObjectMeta", "ObjectMeta") : null;

    public static string? First(JsonNode? node, Schema schema, string kind) => Find(node, schema, "", kind, kind);

    private static string? Find(JsonNode? node, Schema schema, string path, string kind, string owner)
    {
        if (node is null)
        {
            return null;
        }

        var found = node.GetValueKind();
        if (!Validation.Fits(schema.Shape, node, found))
        {
            var word = found switch
            {
                JsonValueKind.String => "string",
                JsonValueKind.Number => "number",
                JsonValueKind.True or JsonValueKind.False => "bool",
                JsonValueKind.Array => "array",
                _ => "object",
            };
            var type = schema.Shape switch
            {
                Shape.Text => "string",
                Shape.Integer => schema.Format == "int64" ? "int64" : "int32",
                Shape.Number => "float64",
                Shape.Flag => "bool",
                Shape.List => "[]v1." + (schema.Items?.Name ?? "string"),
                _ => "v1." + (schema.Name ?? "Object"),
            };
            return $"json: cannot unmarshal {(schema.Shape == Shape.Integer && found == JsonValueKind.Number ? "number " + node.ToJsonString() : word)} into Go struct field {owner}.{path} of type {type}";
        }

        if (
            schema.Shape == Shape.Integer
            && schema.Format != "int64"
            && node.Number() is > int.MaxValue or < int.MinValue
        )
        {
            return $"json: cannot unmarshal number {node.ToJsonString()} into Go struct field {owner}.{path} of "
                + "type int32";
        }

        if (schema.Format == "quantity" && Resources.ResourceQuantity.Read(node) is null)
        {
            return "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
        }

        if (
            schema.Shape == Shape.Text
            && schema.Format == "date-time"
            && !DateTimeOffset.TryParse(
                node.GetValue<string>(),
                System.Globalization.CultureInfo.InvariantCulture,
                out _
            )
        )
        {
            return $"parsing time {node.ToJsonString()} as \"2006-01-02T15:04:05.000000Z07:00\": cannot parse "
                + $"{node.ToJsonString()} as \"2006\"";
        }

        switch (node)
        {
            case JsonObject o:
                foreach (var (name, value) in o)
                {
                    if (
                        schema.Of(name) is { } child
                        && Find(value, child, path.Length == 0 ? name : path + "." + name, kind, schema.Name ?? owner)
                            is { } wrong
                    )
                    {
                        return wrong;
                    }
                }

                break;
            case JsonArray list when schema.Items is { } items:
                foreach (var item in list)
                {
                    if (Find(item, items, path, kind, owner) is { } wrong)
                    {
                        return wrong;
                    }
                }

                break;
        }

        return null;
    }
}
