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
        return new ScalableSpec(TemplateLabels.Of(spec.RootElement), Template(ref reader));
    }

    public override void Write(Utf8JsonWriter writer, ScalableSpec value, JsonSerializerOptions options) =>
        throw new NotSupportedException("templates are not written");

    private static TemplateFacts? Template(ref Utf8JsonReader reader)
    {
        TemplateFacts? found = null;
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
                    found = OfTemplate(ref reader);
            }
        return found;
    }

    private static TemplateFacts? OfTemplate(ref Utf8JsonReader reader)
    {
        TemplateFacts? found = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isSpec = reader.ValueTextEquals("spec"u8);
            reader.Read();
            if (isSpec)
                found = TemplateConverter.Facts(ref reader);
            else
                reader.SkipValue();
        }
        return found;
    }
}

/// <summary>Of the spec of a pod template what a pod requests and where it may go, and nothing else.</summary>
internal sealed class TemplateConverter : JsonConverter<TemplateFacts>
{
    public override TemplateFacts Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Facts(ref reader);

    public override void Write(Utf8JsonWriter writer, TemplateFacts value, JsonSerializerOptions options) =>
        throw new NotSupportedException("templates are not written");

    internal static TemplateFacts Facts(ref Utf8JsonReader reader)
    {
        var facts = PodSpecReader.Template(ref reader);
        return new TemplateFacts(Interned.Of(facts.Requests), facts.Placement);
    }
}
