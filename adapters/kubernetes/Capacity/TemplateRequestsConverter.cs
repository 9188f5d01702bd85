using System.Text.Json;
using System.Text.Json.Serialization;
using Ebb.Core.Capacity;
using Ebb.Kubernetes.Resources;

namespace Ebb.Kubernetes.Capacity;

/// <summary>
/// Of the spec of any kind what the pods of its template are. Whatever else stands there is nobody's fault here.
/// </summary>
internal sealed class ScalableSpecConverter : JsonConverter<ScalableSpec>
{
    public override ScalableSpec Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var again = reader;
        using var spec = JsonDocument.ParseValue(ref again);
        return new ScalableSpec(TemplateLabels.Of(spec.RootElement), Requests(ref reader));
    }

    public override void Write(Utf8JsonWriter writer, ScalableSpec value, JsonSerializerOptions options) =>
        throw new NotSupportedException("templates are not written");

    private static Amounts? Requests(ref Utf8JsonReader reader)
    {
        Amounts? found = null;
        if (reader.TokenType != JsonTokenType.StartObject)
            reader.SkipValue();
        else
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isTemplate = reader.ValueTextEquals("template"u8);
                reader.Read();
                if (!isTemplate || reader.TokenType != JsonTokenType.StartObject)
                    reader.SkipValue();
                else
                    found = Template(ref reader);
            }
        return found;
    }

    private static Amounts? Template(ref Utf8JsonReader reader)
    {
        Amounts? found = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isSpec = reader.ValueTextEquals("spec"u8);
            reader.Read();
            if (isSpec)
                found = Interned.Of(PodSpecReader.Template(ref reader).Requests);
            else
                reader.SkipValue();
        }
        return found;
    }
}

/// <summary>Of the spec of a pod template what a pod requests, and nothing else.</summary>
internal sealed class TemplateRequestsConverter : JsonConverter<Amounts>
{
    public override Amounts Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Interned.Of(PodSpecReader.Template(ref reader).Requests);

    public override void Write(Utf8JsonWriter writer, Amounts value, JsonSerializerOptions options) =>
        throw new NotSupportedException("templates are not written");
}
