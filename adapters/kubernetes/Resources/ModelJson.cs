using System.Text.Json;
using System.Text.Json.Serialization;
using k8s.Models;
using NodaTime;

namespace Ebb.Kubernetes.Resources;

/// <summary>
/// How objects in the client library's types are read and written, without reflection and without the library's own
/// options: those bring every type of Kubernetes, and write a time at a whole second in a form that the API server
/// refuses in Leases and Events.
/// </summary>
[JsonSourceGenerationOptions(
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(MicroTimeConverter)]
)]
[JsonSerializable(typeof(V1Lease))]
[JsonSerializable(typeof(Eventsv1Event))]
internal sealed partial class ModelJson : JsonSerializerContext;

/// <summary>Reads any RFC 3339 time; writes UTC with the six digits that MicroTime demands and Time allows.</summary>
internal sealed class MicroTimeConverter : JsonConverter<DateTime>
{
    public override DateTime Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        KubernetesTime.Parse(reader.GetString())?.ToDateTimeUtc() ?? throw new JsonException("not a time");

    public override void Write(Utf8JsonWriter writer, DateTime value, JsonSerializerOptions options) =>
        writer.WriteStringValue(KubernetesTime.FormatMicro(Instant.FromDateTimeUtc(value)));
}
