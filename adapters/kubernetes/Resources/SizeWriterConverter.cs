using System.Text.Json;
using System.Text.Json.Serialization;
using NodaTime;

namespace Ebb.Kubernetes.Resources;

/// <summary>
/// Reads managedFields down to the one entry that wrote <c>spec.replicas</c>, <c>spec.suspend</c>,
/// <c>spec.unschedulable</c>, Argo CD's <c>spec.syncPolicy</c>, an autoscaler's bounds or CloudNativePG's annotation for
/// hibernation last. A count of 0 written through the scale subresource leaves no entry at all (the field is omitted
/// there), so null does not mean that nobody wrote.
/// </summary>
internal sealed class SizeWriterConverter : JsonConverter<SizeWriter>
{
    public override SizeWriter? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.SkipValue();
            return null;
        }

        SizeWriter? last = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            if (Entry(ref reader) is { } entry && !(entry.At < last?.At))
                last = entry;
        }

        return last;
    }

    public override void Write(Utf8JsonWriter writer, SizeWriter value, JsonSerializerOptions options) =>
        throw new NotSupportedException("managedFields are the server's to write");

    private static SizeWriter? Entry(ref Utf8JsonReader reader)
    {
        string? manager = null;
        Instant? at = null;
        var sizes = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("manager"u8))
            {
                reader.Read();
                manager = StringPool.Read(ref reader);
            }
            else if (reader.ValueTextEquals("time"u8))
            {
                reader.Read();
                at = KubernetesTime.Parse(reader.GetString());
            }
            else if (reader.ValueTextEquals("fieldsV1"u8))
            {
                reader.Read();
                sizes = OwnsSize(ref reader);
            }
            else
            {
                reader.Read();
                reader.SkipValue();
            }
        }

        return sizes && manager is not null ? new SizeWriter(manager, at) : null;
    }

    private static bool OwnsSize(ref Utf8JsonReader reader)
    {
        var found = false;
        if (reader.TokenType != JsonTokenType.StartObject)
            return false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var (spec, meta) = (reader.ValueTextEquals("f:spec"u8), reader.ValueTextEquals("f:metadata"u8));
            reader.Read();
            if (!(spec || meta) || reader.TokenType != JsonTokenType.StartObject)
            {
                reader.SkipValue();
                continue;
            }
            if (meta)
            {
                found |= OwnsHibernation(ref reader);
                continue;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                found |=
                    reader.ValueTextEquals("f:replicas"u8)
                    || reader.ValueTextEquals("f:suspend"u8)
                    || reader.ValueTextEquals("f:unschedulable"u8)
                    || reader.ValueTextEquals("f:syncPolicy"u8)
                    || reader.ValueTextEquals("f:minReplicas"u8)
                    || reader.ValueTextEquals("f:maxReplicas"u8)
                    || reader.ValueTextEquals("f:minReplicaCount"u8)
                    || reader.ValueTextEquals("f:maxReplicaCount"u8);
                reader.Read();
                reader.SkipValue();
            }
        }

        return found;
    }

    private static bool OwnsHibernation(ref Utf8JsonReader reader)
    {
        var found = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var annotations = reader.ValueTextEquals("f:annotations"u8);
            reader.Read();
            if (!annotations || reader.TokenType != JsonTokenType.StartObject)
            {
                reader.SkipValue();
                continue;
            }
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                found |= reader.ValueTextEquals("f:cnpg.io/hibernation"u8);
                reader.Read();
                reader.SkipValue();
            }
        }
        return found;
    }
}
