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
    private static readonly ScalableSpec Nothing = new(null, null);

    public override ScalableSpec Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var found = Nothing;
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

    public override void Write(Utf8JsonWriter writer, ScalableSpec value, JsonSerializerOptions options) =>
        throw new NotSupportedException("templates are not written");

    private static ScalableSpec OfTemplate(ref Utf8JsonReader reader)
    {
        var found = Nothing;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var (isMeta, isSpec) = (reader.ValueTextEquals("metadata"u8), reader.ValueTextEquals("spec"u8));
            reader.Read();
            if (isMeta)
            {
                using var meta = JsonDocument.ParseValue(ref reader);
                found = found with { PodLabels = TemplateLabels.OfMetadata(meta.RootElement) };
            }
            else if (isSpec)
                found = found with { Template = TemplateConverter.Facts(ref reader) };
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
