using System.Text.Json;
using System.Text.Json.Serialization;
using Ebb.Core.Capacity;

namespace Ebb.Kubernetes.Capacity;

/// <summary>Of the spec of a pod template what a pod requests, and nothing else.</summary>
internal sealed class TemplateRequestsConverter : JsonConverter<Amounts>
{
    public override Amounts Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Interned.Of(PodSpecReader.Template(ref reader).Requests);

    public override void Write(Utf8JsonWriter writer, Amounts value, JsonSerializerOptions options) =>
        throw new NotSupportedException("templates are not written");
}
