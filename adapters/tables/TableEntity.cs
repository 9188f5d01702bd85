using System.Text;
using System.Text.Json;
using Ebb.Core.Ports;

namespace Ebb.Tables;

/// <summary>
/// A value as an entity: its UTF-8 in binary properties of at most 64 KiB each, the service's bound for one property. Binary,
/// because text is counted in UTF-16 and 512 KiB of it would fill the 1 MiB that an entity may have.
/// </summary>
internal static class TableEntity
{
    public const string Partition = "state";
    public const int LongestValue = 512 << 10;
    private const int LongestPart = 64 << 10;
    private const string WriteId = "write";

    public static BinaryData Write(string key, byte[] value, string id)
    {
        using var body = new MemoryStream();
        using (var writer = new Utf8JsonWriter(body))
        {
            writer.WriteStartObject();
            writer.WriteString("PartitionKey", Partition);
            writer.WriteString("RowKey", key);
            writer.WriteString(WriteId, id);
            for (var (part, from) = (0, 0); part == 0 || from < value.Length; part++, from += LongestPart)
            {
                writer.WriteString($"{Name(part)}@odata.type", "Edm.Binary");
                writer.WriteBase64String(Name(part), value.AsSpan(from, Math.Min(LongestPart, value.Length - from)));
            }
            writer.WriteEndObject();
        }
        return new BinaryData(body.ToArray());
    }

    /// <exception cref="StateStoreException">It is no entity of ours.</exception>
    public static (StateEntry Entry, string? WriteId) Read(JsonElement entity, string? etag)
    {
        try
        {
            using var value = new MemoryStream();
            for (var part = 0; entity.TryGetProperty(Name(part), out var bytes); part++)
                value.Write(bytes.GetBytesFromBase64());
            var key = entity.GetProperty("RowKey").GetString()!;
            var version = etag ?? entity.GetProperty("odata.etag").GetString()!;
            return (
                new StateEntry(key, Encoding.UTF8.GetString(value.ToArray()), version),
                entity.TryGetProperty(WriteId, out var id) ? id.GetString() : null
            );
        }
        catch (Exception fault) when (fault is KeyNotFoundException or FormatException or InvalidOperationException)
        {
            throw new StateStoreException("the table holds an entity that is not ours", fault);
        }
    }

    private static string Name(int part) => $"value{part}";
}
