using System.Text.Json.Nodes;
using Ebb.Simulation.Json;
using Ebb.Simulation.Schemas;

namespace Ebb.Simulation.Patching;

/// <summary>Who set which field: metadata.managedFields.</summary>
internal static class ManagedFields
{
    private static readonly string[] OwnMetadata = ["labels", "annotations", "finalizers", "ownerReferences", "generateName"];

    private static readonly Schema Metadata = ShapeReader.Read("""
        Meta
          labels {text}
          annotations {text}
          finalizers [text set]
          ownerReferences [any by uid]
          generateName text
        """)["Meta"];

    public sealed record Author(string Manager, string Operation, string ApiVersion, string Subresource, DateTimeOffset Time);

    /// <summary>Notes, on the new object, that an author changed it from the old one.</summary>
    public static void Note(JsonObject? was, JsonObject now, Schema? schema, Author author)
    {
        var (a, b) = (was is null ? [] : Owned(was), Owned(now));
        var whole = Whole(schema);
        var changed = FieldSets.Changed(a, b, whole);
        var removed = Removed(a, b, whole);
        if (changed is null && removed is null)
        {
            return;
        }

        var entries = Entries(now);
        foreach (var entry in entries.ToList())
        {
            var fields = entry.Object("fieldsV1") ?? [];
            var mine = Is(entry, author);
            var left = !mine && changed is not null ? FieldSets.Without(fields, changed) : fields;
            if (left is not null && removed is not null)
            {
                left = FieldSets.Without(left, removed);
            }

            Replace(entries, entry, left);
        }

        if (changed is not null)
        {
            Add(entries, author, changed);
        }

        Save(now, entries);
    }

    public static JsonObject Owned(JsonObject tree)
    {
        var owned = new JsonObject();
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

                if (metadata.Count > 0)
                {
                    owned["metadata"] = metadata;
                }
            }
            else
            {
                owned[name] = value.DeepClone();
            }
        }

        return owned;
    }

    /// <summary>The schema with what is owned of the metadata.</summary>
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

    public static List<JsonObject> Entries(JsonObject tree) => [.. tree.Objects("metadata", "managedFields").Select(e => e.Copy())];

    public static void Save(JsonObject tree, List<JsonObject> entries) =>
        tree.Meta().Put("managedFields", entries.Count == 0 ? null : new JsonArray([.. entries]));

    public static bool Is(JsonObject entry, Author author) =>
        entry.Text("manager") == author.Manager && entry.Text("operation") == author.Operation
        && (entry.Text("subresource") ?? "") == author.Subresource && entry.Text("apiVersion") == author.ApiVersion;

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

    private static JsonObject? Removed(JsonNode? was, JsonNode? now, Schema? schema)
    {
        JsonObject? set = null;
        if (was is JsonObject a)
        {
            foreach (var (name, value) in a)
            {
                var gone = now is JsonObject b && b.ContainsKey(name) ? Removed(value, now[name], schema?.Of(name)) : [];
                if (gone is not null)
                {
                    (set ??= [])["f:" + name] = gone;
                }
            }
        }
        else if (was is JsonArray x && now is JsonArray y && schema is { Merge: ListMerge.ByKey })
        {
            foreach (var item in x.OfType<JsonObject>())
            {
                var key = FieldSets.KeyOf(item, schema);
                var after = y.OfType<JsonObject>().FirstOrDefault(i => FieldSets.KeyOf(i, schema) == key);
                var gone = after is null ? [] : Removed(item, after, schema.Items);
                if (gone is not null)
                {
                    (set ??= [])[key] = gone;
                }
            }
        }

        return set;
    }
}
