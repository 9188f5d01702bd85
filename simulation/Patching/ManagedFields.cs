using System.Text.Json.Nodes;
using Ebb.Simulation.Json;
using Ebb.Simulation.Schemas;

namespace Ebb.Simulation.Patching;

/// <summary>Which manager set which field: metadata.managedFields.</summary>
internal static class ManagedFields
{
    private static readonly string[] OwnMetadata =
    [
        "labels",
        "annotations",
        "finalizers",
        "ownerReferences",
        "generateName",
    ];

    private static readonly Schema Metadata = SchemaNotation.Read(
        """
        Meta
          labels {text}
          annotations {text}
          finalizers [text set]
          ownerReferences [OwnerReference by uid]
          generateName text
        OwnerReference atomic
          uid text
        """
    )["Meta"];

    public sealed record Author(
        string Manager,
        string Operation,
        string ApiVersion,
        string Subresource,
        DateTimeOffset Time
    );

    /// <summary>Records in the new object which fields a manager changed.</summary>
    /// <param name="was">
    /// For an object that is created: the fields that Go writes of an empty one, which count as present before.
    /// </param>
    /// <param name="now">Gets the entries.</param>
    /// <param name="look">From the stored form to the manager's version, whose field names count.</param>
    public static void Note(
        JsonObject was,
        JsonObject now,
        Schema? schema,
        Author author,
        Func<JsonObject, JsonObject> look
    )
    {
        var differences = Differences.Between(Owned(look(was)), Owned(look(now)), Whole(schema));
        if (differences.None)
        {
            return;
        }

        var entries = Entries(now);
        foreach (var entry in entries.ToList())
        {
            var fields = entry.Object("fieldsV1") ?? [];
            var left = FieldSets.Difference(
                Is(entry, author) ? fields : FieldSets.Difference(fields, differences.Changed),
                differences.Removed
            );
            Replace(entries, entry, JsonNode.DeepEquals(left, fields) ? fields : left);
        }

        if (differences.Changed.Count > 0)
        {
            Add(entries, author, differences.Changed);
        }

        Save(now, entries);
    }

    /// <summary>Records that a manager applied these fields, whether or not it changed them.</summary>
    public static void Claim(JsonObject tree, JsonObject applied, Schema? schema, Author author)
    {
        var entries = Entries(tree);
        if (Applied(applied, schema) is { Count: > 0 } fields)
        {
            Add(entries, author, fields);
        }

        Save(tree, entries);
    }

    /// <summary>The fields that an applied object states.</summary>
    public static JsonObject Applied(JsonObject applied, Schema? schema)
    {
        var stated = Owned(applied);
        if (stated.Object("metadata") is { Count: 0 })
        {
            stated.Remove("metadata");
        }

        return StatedFields.Value(stated, Whole(schema));
    }

    /// <summary>The fields that can be owned: all but the type and most of the metadata.</summary>
    public static JsonObject Owned(JsonObject tree)
    {
        var owned = new JsonObject { ["metadata"] = new JsonObject() };
        foreach (var (name, value) in tree)
        {
            if (name is "apiVersion" or "kind" || value is null)
            {
                continue;
            }

            if (name == "metadata")
            {
                var metadata = new JsonObject();
                foreach (var own in OwnMetadata)
                {
                    if (value[own] is { } set)
                    {
                        metadata[own] = set.DeepClone();
                    }
                }

                owned["metadata"] = metadata;
            }
            else
            {
                owned[name] = value.DeepClone();
            }
        }

        return owned;
    }

    /// <summary>The schema with the part of the metadata that can be owned.</summary>
    public static Schema Whole(Schema? schema)
    {
        var whole = new Schema { Shape = Shape.Object, PreserveUnknown = schema is null };
        foreach (var (name, child) in schema?.Properties ?? [])
        {
            whole.Properties[name] = child;
        }

        whole.Properties["metadata"] = Metadata;
        return whole;
    }

    public static List<JsonObject> Entries(JsonObject tree) =>
        [.. tree.Objects("metadata", "managedFields").Select(e => e.Copy())];

    // Apply entries first, then by time and name.
    public static void Save(JsonObject tree, List<JsonObject> entries) =>
        tree.Meta()
            .Put(
                "managedFields",
                entries.Count == 0
                    ? null
                    : new JsonArray([
                        .. entries
                            .OrderBy(e => e.Text("operation"), StringComparer.Ordinal)
                            .ThenBy(e => e.Text("time"), StringComparer.Ordinal)
                            .ThenBy(e => e.Text("manager"), StringComparer.Ordinal),
                    ])
            );

    public static bool Is(JsonObject entry, Author author) =>
        entry.Text("manager") == author.Manager
        && entry.Text("operation") == author.Operation
        && (entry.Text("subresource") ?? "") == author.Subresource
        && entry.Text("apiVersion") == author.ApiVersion;

    public static void Replace(List<JsonObject> entries, JsonObject entry, JsonObject? fields)
    {
        if (fields is null || fields.Count == 0)
        {
            entries.Remove(entry);
        }
        else if (!ReferenceEquals(fields, entry["fieldsV1"]))
        {
            entry["fieldsV1"] = fields;
        }
    }

    public static void Add(List<JsonObject> entries, Author author, JsonObject fields)
    {
        if (entries.FirstOrDefault(e => Is(e, author)) is { } mine)
        {
            mine["fieldsV1"] = FieldSets.Union(mine.Object("fieldsV1") ?? [], fields);
            mine["time"] = author.Time.Stamp();
            return;
        }

        var entry = new JsonObject
        {
            ["manager"] = author.Manager,
            ["operation"] = author.Operation,
            ["apiVersion"] = author.ApiVersion,
            ["time"] = author.Time.Stamp(),
            ["fieldsType"] = "FieldsV1",
            ["fieldsV1"] = fields,
        };
        if (author.Subresource.Length > 0)
        {
            entry["subresource"] = author.Subresource;
        }

        entries.Add(entry);
    }
}
