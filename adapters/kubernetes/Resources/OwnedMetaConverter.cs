using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ebb.Kubernetes.Resources;

/// <summary>
/// Metadata with who owns which field: of kinds that sleep by fields of which nothing is known when they are read.
/// </summary>
internal sealed class OwnedMetaConverter : JsonConverter<ObjectMeta>
{
    private static readonly WholeElementConverter Whole = new();

    public override ObjectMeta? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var again = reader;
        var meta = JsonSerializer.Deserialize(ref reader, KubernetesJson.Default.ObjectMeta);
        return meta is null || Owners(ref again) is not { } owners ? meta : meta with { Owners = owners };
    }

    public override void Write(Utf8JsonWriter writer, ObjectMeta value, JsonSerializerOptions options) =>
        throw new NotSupportedException("metadata is not written from here");

    private static FieldOwners? Owners(ref Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var found = reader.ValueTextEquals("managedFields"u8);
            reader.Read();
            if (found)
                return Whole.Read(ref reader, typeof(JsonElement?), KubernetesJson.Default.Options) is { } fields
                    ? new FieldOwners(fields)
                    : null;
            reader.SkipValue();
        }
        return null;
    }
}
