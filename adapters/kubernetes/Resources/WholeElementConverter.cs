using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ebb.Kubernetes.Resources;

/// <summary>
/// A part that is kept as JSON, all of whose texts can be read. One with half a surrogate pair is valid JSON, and
/// whoever looks for a member of it fails; it is read as unknown.
/// </summary>
internal sealed class WholeElementConverter : JsonConverter<JsonElement?>
{
    public override JsonElement? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var again = reader;
        var element = JsonElement.ParseValue(ref reader);
        try
        {
            do
            {
                if (again.ValueIsEscaped)
                    again.GetString();
            } while (again.BytesConsumed < reader.BytesConsumed && again.Read());
            return element;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    public override void Write(Utf8JsonWriter writer, JsonElement? value, JsonSerializerOptions options)
    {
        if (value is { } element)
            element.WriteTo(writer);
        else
            writer.WriteNullValue();
    }
}
