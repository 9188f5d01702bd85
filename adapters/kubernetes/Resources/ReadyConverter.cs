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
        while (StatusCondition.Next(ref reader, out var type, out var status))
            if (type == "Ready")
                ready = StatusCondition.IsTrue(status);

        return ready;
    }

    public override void Write(Utf8JsonWriter writer, bool? value, JsonSerializerOptions options) =>
        throw new NotSupportedException("conditions are not written from one word");
}
