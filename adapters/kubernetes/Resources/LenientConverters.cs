using System.Text.Json;
using System.Text.Json.Serialization;
using Ebb.Kubernetes.Leases;
using NodaTime;
using NodaTime.Text;

namespace Ebb.Kubernetes.Resources;

// A custom resource without a schema can carry anything. One odd field must not make a whole list unreadable, so what
// is not what it should be is read as unknown.

internal sealed class LenientInt32Converter : JsonConverter<int?>
{
    public override int? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var number))
            return number;
        reader.SkipValue();
        return null;
    }

    public override void Write(Utf8JsonWriter writer, int? value, JsonSerializerOptions options)
    {
        if (value is { } number)
            writer.WriteNumberValue(number);
        else
            writer.WriteNullValue();
    }
}

internal sealed class LenientInt64Converter : JsonConverter<long?>
{
    public override long? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var number))
            return number;
        reader.SkipValue();
        return null;
    }

    public override void Write(Utf8JsonWriter writer, long? value, JsonSerializerOptions options)
    {
        if (value is { } number)
            writer.WriteNumberValue(number);
        else
            writer.WriteNullValue();
    }
}

internal sealed class LenientBooleanConverter : JsonConverter<bool?>
{
    public override bool? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType is JsonTokenType.True or JsonTokenType.False)
            return reader.GetBoolean();
        reader.SkipValue();
        return null;
    }

    public override void Write(Utf8JsonWriter writer, bool? value, JsonSerializerOptions options)
    {
        if (value is { } truth)
            writer.WriteBooleanValue(truth);
        else
            writer.WriteNullValue();
    }
}

internal sealed class LenientStringConverter : JsonConverter<string>
{
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
            return reader.GetString();
        reader.SkipValue();
        return null;
    }

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value);
}

internal sealed class KubernetesTimeConverter : JsonConverter<Instant?>
{
    public override Instant? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
            return KubernetesTime.Parse(reader.GetString());
        reader.SkipValue();
        return null;
    }

    public override void Write(Utf8JsonWriter writer, Instant? value, JsonSerializerOptions options)
    {
        if (value is { } instant)
            writer.WriteStringValue(KubernetesTime.Format(instant));
        else
            writer.WriteNullValue();
    }
}

/// <summary>Times as Kubernetes writes them.</summary>
internal static class KubernetesTime
{
    private static readonly InstantPattern Micro = InstantPattern.CreateWithInvariantCulture(
        "uuuu-MM-dd'T'HH:mm:ss.ffffff'Z'"
    );

    /// <summary>Of a second, that an instant has.</summary>
    private const int MostDigits = 9;

    /// <summary>An RFC 3339 time with any offset; null for anything else.</summary>
    public static Instant? Parse(string? text)
    {
        if (text is null)
            return null;
        var utc = InstantPattern.ExtendedIso.Parse(text);
        if (utc.Success)
            return utc.Value;
        var offset = OffsetDateTimePattern.Rfc3339.Parse(Plain(text));
        return offset.Success ? offset.Value.ToInstant() : null;
    }

    /// <summary>
    /// What the API server takes for a date-time as well: lower case, and more digits than an instant has, which are
    /// cut.
    /// </summary>
    private static string Plain(string text)
    {
        var upper = text.Replace('t', 'T').Replace('z', 'Z');
        var digits = upper.IndexOf('.', StringComparison.Ordinal) + 1;
        if (digits == 0)
            return upper;
        var end = digits;
        while (end < upper.Length && char.IsAsciiDigit(upper[end]))
            end++;
        return end - digits > MostDigits ? upper[..(digits + MostDigits)] + upper[end..] : upper;
    }

    /// <summary>RFC 3339 in UTC with all digits that are needed to read back the same instant.</summary>
    public static string Format(Instant instant) => InstantPattern.ExtendedIso.Format(instant);

    /// <summary>MicroTime: always six digits, as Lease and Event demand.</summary>
    public static string FormatMicro(Instant instant) => Micro.Format(instant);
}
