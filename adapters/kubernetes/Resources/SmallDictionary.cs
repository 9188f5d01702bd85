using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ebb.Kubernetes.Resources;

/// <summary>Labels or annotations: a few pairs in an array, a fraction of a dictionary's size.</summary>
[JsonConverter(typeof(SmallDictionaryConverter))]
public sealed class SmallDictionary : IReadOnlyDictionary<string, string>
{
    /// <summary>No pairs.</summary>
    public static readonly SmallDictionary None = new([]);

    private readonly KeyValuePair<string, string>[] _pairs;

    internal SmallDictionary(KeyValuePair<string, string>[] pairs) => _pairs = pairs;

    /// <inheritdoc/>
    public int Count => _pairs.Length;

    /// <inheritdoc/>
    public IEnumerable<string> Keys => _pairs.Select(pair => pair.Key);

    /// <inheritdoc/>
    public IEnumerable<string> Values => _pairs.Select(pair => pair.Value);

    /// <inheritdoc/>
    public string this[string key] =>
        TryGetValue(key, out var value) ? value : throw new KeyNotFoundException($"There is no \"{key}\".");

    /// <inheritdoc/>
    public bool ContainsKey(string key) => TryGetValue(key, out _);

    /// <inheritdoc/>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out string value)
    {
        foreach (var pair in _pairs)
        {
            if (pair.Key != key)
                continue;
            value = pair.Value;
            return true;
        }

        value = null;
        return false;
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() =>
        ((IEnumerable<KeyValuePair<string, string>>)_pairs).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

internal sealed class SmallDictionaryConverter : JsonConverter<SmallDictionary>
{
    // A second copy of the whole manifest, of use to kubectl alone.
    private static ReadOnlySpan<byte> LastApplied => "kubectl.kubernetes.io/last-applied-configuration"u8;

    public override SmallDictionary? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException("labels or annotations are not an object");
        List<KeyValuePair<string, string>>? pairs = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var wanted = !reader.ValueTextEquals(LastApplied);
            var key = wanted ? StringPool.Read(ref reader) : "";
            reader.Read();
            if (!wanted)
                reader.SkipValue();
            else
                (pairs ??= []).Add(
                    new(key, reader.TokenType == JsonTokenType.String ? StringPool.Read(ref reader) : "")
                );
        }

        return pairs is null ? SmallDictionary.None : new SmallDictionary([.. pairs]);
    }

    public override void Write(Utf8JsonWriter writer, SmallDictionary value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        foreach (var (key, text) in value)
            writer.WriteString(key, text);
        writer.WriteEndObject();
    }
}
