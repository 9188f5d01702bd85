using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ebb.Simulation.Store;

/// <summary>One version of one object. The tree is never changed, so readers need no lock and no copy.</summary>
internal sealed class StoredObject(JsonObject tree, long version)
{
    private byte[]? whole;
    private byte[]? item;

    public JsonObject Tree { get; } = tree;

    public long Version { get; } = version;

    /// <summary>
    /// About how many bytes this version keeps in memory: its tree, and the text that readers are given.
    /// </summary>
    public long Size { get; } = SizeOf(tree);

    /// <summary>The object as JSON, serialised once for all readers of this version.</summary>
    public byte[] Whole => whole ??= JsonSerializer.SerializeToUtf8Bytes(Tree);

    /// <summary>The object as it appears inside a list of a built-in type: without kind and apiVersion.</summary>
    public byte[] Item
    {
        get
        {
            if (item is not null)
            {
                return item;
            }

            var buffer = new System.Buffers.ArrayBufferWriter<byte>();
            using (var writer = new Utf8JsonWriter(buffer))
            {
                writer.WriteStartObject();
                foreach (var (name, value) in Tree)
                {
                    if (name is "kind" or "apiVersion")
                    {
                        continue;
                    }

                    writer.WritePropertyName(name);
                    if (value is null)
                    {
                        writer.WriteNullValue();
                    }
                    else
                    {
                        value.WriteTo(writer);
                    }
                }

                writer.WriteEndObject();
            }

            return item = buffer.WrittenSpan.ToArray();
        }
    }

    private static long SizeOf(JsonNode? node)
    {
        // Measured over the objects of a drill: a node with its place in the tree, and twice its text.
        const int each = 120;
        return node switch
        {
            JsonObject all => each + all.Sum(member => each + (4 * member.Key.Length) + SizeOf(member.Value)),
            JsonArray all => each + all.Sum(SizeOf),
            JsonValue value when value.TryGetValue<string>(out var text) => each + (4 * text.Length),
            _ => each,
        };
    }
}
