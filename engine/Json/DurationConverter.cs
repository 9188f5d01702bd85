using System.Text.Json;
using System.Text.Json.Serialization;
using NodaTime;

namespace Ebb.Engine.Json;

/// <summary>Seconds.</summary>
internal sealed class DurationConverter : JsonConverter<Duration>
{
    public override Duration Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Duration.FromSeconds(reader.GetDouble());

    public override void Write(Utf8JsonWriter writer, Duration value, JsonSerializerOptions options) =>
        writer.WriteNumberValue(value.TotalSeconds);
}
