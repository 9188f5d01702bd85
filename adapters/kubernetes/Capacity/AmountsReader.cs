using System.Text.Json;
using Ebb.Core.Capacity;
using Ebb.Kubernetes.Resources;

namespace Ebb.Kubernetes.Capacity;

/// <summary>
/// Reads a map of resource and quantity. An invalid quantity counts as 0: the API server accepts none.
/// </summary>
internal static class AmountsReader
{
    public static Amounts Read(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.SkipValue();
            return Amounts.None;
        }

        List<(int, long)> pairs = [];
        Span<char> text = stackalloc char[64];
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = StringPool.Read(ref reader);
            reader.Read();
            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
            {
                reader.SkipValue();
                continue;
            }

            if (reader.HasValueSequence || reader.ValueSpan.Length > text.Length)
                continue;
            var length = System.Text.Encoding.UTF8.GetChars(reader.ValueSpan, text);
            if (Quantity.TryParse(text[..length], Quantity.UnitsOf(name), out var units))
                pairs.Add((Interned.Resources.IdOf(name), units));
        }

        return pairs.Count == 0 ? Amounts.None : Interned.Of(Amounts.Of(pairs));
    }
}
