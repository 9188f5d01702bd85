using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ebb.Kubernetes.Resources;

/// <summary>Reads a list of conditions down to whether Ready is True; null when it is Unknown or not there.</summary>
internal sealed class ReadyConverter : JsonConverter<bool?>
{
    public override bool? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.SkipValue();
            return null;
        }

        bool? ready = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            string? type = null,
                status = null;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var (isType, isStatus) = (reader.ValueTextEquals("type"u8), reader.ValueTextEquals("status"u8));
                reader.Read();
                if (isType && reader.TokenType == JsonTokenType.String)
                    type = StringPool.Read(ref reader);
                else if (isStatus && reader.TokenType == JsonTokenType.String)
                    status = StringPool.Read(ref reader);
                else
                    reader.SkipValue();
            }

            if (type == "Ready")
                ready = status switch
                {
                    "True" => true,
                    "False" => false,
                    _ => null,
                };
        }

        return ready;
    }

    public override void Write(Utf8JsonWriter writer, bool? value, JsonSerializerOptions options) =>
        throw new NotSupportedException("conditions are not written from one word");
}
