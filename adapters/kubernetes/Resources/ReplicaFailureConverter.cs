using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ebb.Kubernetes.Resources;

/// <summary>
/// Reads a Deployment's conditions down to why its pods are not created, such as a quota or a webhook; null when they
/// are.
/// </summary>
internal sealed class ReplicaFailureConverter : JsonConverter<string>
{
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.SkipValue();
            return null;
        }

        string? failure = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
            failure = Failure(ref reader) ?? failure;
        return failure;
    }

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) =>
        throw new NotSupportedException("conditions are not written from one word");

    private static string? Failure(ref Utf8JsonReader reader)
    {
        var (failed, stands) = (false, false);
        string? message = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var (isType, isStatus) = (reader.ValueTextEquals("type"u8), reader.ValueTextEquals("status"u8));
            var isMessage = reader.ValueTextEquals("message"u8);
            reader.Read();
            if (reader.TokenType != JsonTokenType.String)
                reader.SkipValue();
            else if (isType)
                failed = reader.ValueTextEquals("ReplicaFailure"u8);
            else if (isStatus)
                stands = reader.ValueTextEquals("True"u8);
            else if (isMessage)
                message = reader.GetString();
        }

        return failed && stands ? message ?? "its pods are not created" : null;
    }
}
