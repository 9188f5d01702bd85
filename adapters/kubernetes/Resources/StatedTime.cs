using System.Text.Json;
using System.Text.Json.Serialization;
using Ebb.Core.Settings;
using NodaTime;

namespace Ebb.Kubernetes.Resources;

/// <summary>A time that a person has written, which is something else than none even where it cannot be read.</summary>
/// <param name="At">Null: it cannot be read.</param>
/// <param name="Written">As it was written.</param>
[JsonConverter(typeof(StatedTimeConverter))]
internal sealed record StatedTime(Instant? At, string Written)
{
    /// <summary>What is wrong with it, in one sentence; null: nothing.</summary>
    public string? Fault(string path) =>
        At is null
            ? $"{path}: expected a time such as 2026-01-31T18:00:00Z, found {SettingsReader.Quoted(Written)}"
            : null;
}

internal sealed class StatedTimeConverter : JsonConverter<StatedTime>
{
    public override StatedTime Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String && reader.GetString() is { } text)
            return new StatedTime(KubernetesTime.Parse(text), text);
        using var other = JsonDocument.ParseValue(ref reader);
        return new StatedTime(null, other.RootElement.GetRawText());
    }

    public override void Write(Utf8JsonWriter writer, StatedTime value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Written);
}
