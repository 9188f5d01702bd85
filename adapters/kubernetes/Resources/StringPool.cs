using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ebb.Kubernetes.Resources;

/// <summary>
/// Gives the same instance for texts that come again and again: namespaces, kinds, labels. Bounded: a slot keeps the
/// last text that hashed to it, so the pool holds at most <see cref="Slots"/> short strings. Safe from several threads,
/// since a reference is read and written whole.
/// </summary>
internal static class StringPool
{
    private const int Slots = 4096;
    private const int LongestPooled = 64;
    private static readonly string?[] Pool = new string?[Slots];

    public static string Read(ref Utf8JsonReader reader)
    {
        if (reader.HasValueSequence || reader.ValueIsEscaped || reader.ValueSpan.Length > LongestPooled)
            return reader.GetString() ?? "";
        return Get(reader.ValueSpan);
    }

    public static string Get(ReadOnlySpan<byte> utf8)
    {
        var slot = 5381u;
        foreach (var unit in utf8)
            slot = unchecked((slot * 33) ^ unit);
        ref var kept = ref Pool[slot % Slots];
        var text = kept;
        if (text is not null && Same(text, utf8))
            return text;
        return kept = Encoding.UTF8.GetString(utf8);
    }

    private static bool Same(string text, ReadOnlySpan<byte> utf8)
    {
        if (text.Length != utf8.Length)
            return false;
        for (var i = 0; i < utf8.Length; i++)
            if (text[i] != utf8[i] || utf8[i] > 127)
                return false;
        return true;
    }
}

internal sealed class PooledStringConverter : JsonConverter<string>
{
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
            return StringPool.Read(ref reader);
        reader.SkipValue();
        return null;
    }

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value);
}
