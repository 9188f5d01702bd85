using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ebb.Simulation.Json;
using Ebb.Simulation.Rules;
using Ebb.Simulation.Schemas;
using Ebb.Simulation.Selectors;
using Ebb.Simulation.Store;
using Ebb.Simulation.Tables;

namespace Ebb.Simulation.Api;

/// <summary>LIST, and the forms of an answer: the objects, a Table, metadata alone, YAML.</summary>
internal sealed class Lists(Registry registry)
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public Reply List(Call call)
    {
        ListOptionRules.Check(call);
        var match = call.Query("resourceVersionMatch");
        var version = ReadVersion(call.Query("resourceVersion"));
        var labels = LabelMatcher.Parse(call.Query("labelSelector"));
        var fields = FieldSelector.Parse(call.Query("fieldSelector"), call.Type, call.Version);
        var limit = ListOptionRules.Number(call, "limit") ?? 0;
        var collection = registry.Store.Collection(call.Type);
        var at = registry.Store.Version;
        string? after = null;
        if (call.Query("continue") is { Length: > 0 } token)
        {
            (var then, after) = ContinueToken.Read(token);
            if (version > 0)
            {
                throw Failure.BadRequest("specifying resource version is not allowed when using continue");
            }

            if (then > 0)
            {
                if (then < collection.CompactedTo)
                {
                    throw ContinueToken.Expired(after);
                }

                if (then > registry.Store.Version)
                {
                    throw TooLarge(then, registry.Store.Version);
                }

                at = then;
            }
        }
        else if (match == "Exact" && version > 0)
        {
            if (version < collection.CompactedTo)
            {
                throw Failure.Expired("The resourceVersion for the provided list is too old.");
            }

            at = version.Value;
        }
        else if (version == 0)
        {
            // From the watch cache: the limit is ignored.
            limit = 0;
        }

        if (version > registry.Store.Version)
        {
            throw TooLarge(version.Value, registry.Store.Version);
        }

        var all = collection.AllAt(at, call.Namespace);
        var selective = !ReferenceEquals(labels, LabelMatcher.Everything) || !fields.IsEmpty;
        var chosen = new List<StoredObject>();
        string? next = null;
        var remaining = 0;
        foreach (var stored in all)
        {
            var key = call.Namespace is null ? stored.Tree.Key() : stored.Tree.Name();
            if (after is not null && string.CompareOrdinal(key, after) <= 0)
            {
                continue;
            }

            if (selective && !(labels.Matches(stored.Tree.Object("metadata", "labels")) && fields.Matches(stored.Tree)))
            {
                continue;
            }

            if (limit > 0 && chosen.Count == limit)
            {
                var last = chosen[^1].Tree;
                next ??= ContinueToken.Write(at, call.Namespace is null ? last.Key() : last.Name());
                remaining++;
                continue;
            }

            chosen.Add(stored);
        }

        return Of(call, chosen, at, next, selective || next is null ? null : remaining);
    }

    public Reply Of(Call call, IReadOnlyList<StoredObject> chosen, long version, string? next, int? remaining)
    {
        var buffer = new ArrayBufferWriter<byte>(1024 + (chosen.Count * 1024));
        using (var writer = new Utf8JsonWriter(buffer, Plain))
        {
            writer.WriteStartObject();
            var table = call.Wanted == Representation.Table;
            var metadata = call.Wanted is Representation.Metadata or Representation.MetadataList;
            writer.WriteString(
                "kind",
                table ? "Table"
                    : metadata ? "PartialObjectMetadataList"
                    : call.Type.ListKind
            );
            writer.WriteString("apiVersion", table || metadata ? "meta.k8s.io/v1" : call.Version.ApiVersion);
            // Lists of custom resources have an empty continue; others leave it out.
            WriteListMeta(writer, version, next ?? (call.Type.IsCustom && !table && !metadata ? "" : null), remaining);
            if (table)
            {
                WriteTable(writer, call, chosen, withColumns: true);
            }
            else
            {
                writer.WriteStartArray("items");
                foreach (var stored in chosen)
                {
                    if (metadata)
                    {
                        WriteMetadata(writer, stored);
                    }
                    else if (call.Version.ToView is null && stored.Tree.Text("apiVersion") == call.Version.ApiVersion)
                    {
                        writer.WriteRawValue(
                            call.Type.IsCustom ? stored.Whole : stored.Item,
                            skipInputValidation: true
                        );
                    }
                    else
                    {
                        var view = VersionConversion.To(call.Version, stored);
                        view = ReferenceEquals(view, stored.Tree) ? view.Copy() : view;
                        if (!call.Type.IsCustom)
                        {
                            view.Remove("kind");
                            view.Remove("apiVersion");
                        }

                        view.WriteTo(writer);
                    }
                }

                writer.WriteEndArray();
            }

            writer.WriteEndObject();
        }

        return Finish(200, call, buffer.WrittenMemory);
    }

    public Reply One(int status, Call call, StoredObject stored) =>
        Finish(status, call, OneAsBytes(call, stored, withColumns: true));

    /// <summary>One object in the form that the caller asked for; also the object of a watch event.</summary>
    public ReadOnlyMemory<byte> OneAsBytes(Call call, StoredObject stored, bool withColumns)
    {
        if (call.Wanted is Representation.Json or Representation.Yaml)
        {
            return call.Version.ToView is null && stored.Tree.Text("apiVersion") == call.Version.ApiVersion
                ? stored.Whole
                : JsonSerializer.SerializeToUtf8Bytes(VersionConversion.To(call.Version, stored));
        }

        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Plain))
        {
            if (call.Wanted == Representation.Table)
            {
                writer.WriteStartObject();
                writer.WriteString("kind", "Table");
                writer.WriteString("apiVersion", "meta.k8s.io/v1");
                WriteListMeta(writer, stored.Version, null, null);
                WriteTable(writer, call, [stored], withColumns);
                writer.WriteEndObject();
            }
            else
            {
                WriteMetadata(writer, stored);
            }
        }

        return buffer.WrittenMemory;
    }

    public static long? ReadVersion(string? text, bool forWatch = false)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version))
        {
            return version;
        }

        var why = $"resourceVersion: Invalid value: \"{text}\": strconv.ParseUint: parsing \"{text}\": invalid syntax";
        throw forWatch ? new Failure(500, null, why) : Failure.BadRequest("invalid resource version: " + why);
    }

    public static Failure TooLarge(long asked, long current) =>
        new(
            504,
            "Timeout",
            $"Timeout: Too large resource version: {asked}, current: {current}",
            new JsonObject
            {
                ["causes"] = new JsonArray(
                    new JsonObject
                    {
                        ["reason"] = "ResourceVersionTooLarge",
                        ["message"] = "Too large resource version",
                    }
                ),
                ["retryAfterSeconds"] = 1,
            }
        )
        {
            RetryAfter = 1,
        };

    private static Reply Finish(int status, Call call, ReadOnlyMemory<byte> json)
    {
        if (call.Wanted != Representation.Yaml)
        {
            return new Reply(status, json, "application/json");
        }

        return new Reply(
            status,
            Encoding.UTF8.GetBytes(Yaml.Yaml.Write(JsonNode.Parse(json.Span)!)),
            "application/yaml"
        );
    }

    private static void WriteListMeta(Utf8JsonWriter writer, long version, string? next, int? remaining)
    {
        writer.WriteStartObject("metadata");
        writer.WriteString("resourceVersion", version.ToString(CultureInfo.InvariantCulture));
        if (next is not null)
        {
            writer.WriteString("continue", next);
        }

        if (remaining is { } count)
        {
            writer.WriteNumber("remainingItemCount", count);
        }

        writer.WriteEndObject();
    }

    private void WriteTable(Utf8JsonWriter writer, Call call, IReadOnlyList<StoredObject> chosen, bool withColumns)
    {
        IReadOnlyList<Column> columns =
            call.Version.Columns
            ?? (call.Type.Columns.Count > 0 ? call.Type.Columns : [TableCells.Name, TableCells.Age]);
        var now = registry.Clock.GetUtcNow();
        var include = call.Query("includeObject") is { Length: > 0 } said ? said : "Metadata";
        if (include is not ("Metadata" or "Object" or "None"))
        {
            throw Failure.BadRequest($"unrecognized includeObject value: \"{include}\"");
        }

        if (withColumns)
        {
            writer.WriteStartArray("columnDefinitions");
            foreach (var column in columns)
            {
                writer.WriteStartObject();
                writer.WriteString("name", column.Name);
                writer.WriteString("type", column.Type);
                writer.WriteString("format", column.Format);
                writer.WriteString("description", column.Description);
                writer.WriteNumber("priority", column.Priority);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }
        else
        {
            writer.WriteNull("columnDefinitions");
        }

        writer.WriteStartArray("rows");
        foreach (var stored in chosen)
        {
            writer.WriteStartObject();
            writer.WriteStartArray("cells");
            foreach (var column in columns)
            {
                if (column.Value(stored.Tree, now) is { } cell)
                {
                    cell.WriteTo(writer);
                }
                else
                {
                    writer.WriteNullValue();
                }
            }

            writer.WriteEndArray();
            if (include == "Object")
            {
                writer.WritePropertyName("object");
                VersionConversion.To(call.Version, stored).WriteTo(writer);
            }
            else if (include != "None")
            {
                writer.WritePropertyName("object");
                WriteMetadata(writer, stored);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteMetadata(Utf8JsonWriter writer, StoredObject stored)
    {
        writer.WriteStartObject();
        writer.WriteString("kind", "PartialObjectMetadata");
        writer.WriteString("apiVersion", "meta.k8s.io/v1");
        writer.WritePropertyName("metadata");
        stored.Tree.Object("metadata")!.WriteTo(writer);
        writer.WriteEndObject();
    }
}
