using System.Text.Json;
using System.Text.Json.Serialization;
using Ebb.Core.Capacity;
using Ebb.Kubernetes.Resources;

namespace Ebb.Kubernetes.Capacity;

/// <summary>A pod, as little of it as capacity needs: a cluster has 150,000 of them.</summary>
[JsonConverter(typeof(CapacityPodConverter))]
internal sealed class CapacityPod : IKubernetesObject
{
    public required ObjectMeta Metadata { get; init; }

    /// <summary>Null: it has ended, or it is not to be scheduled yet.</summary>
    public required PodFacts? Facts { get; init; }
}

internal sealed class CapacityPodConverter : JsonConverter<CapacityPod>
{
    public override CapacityPod Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException("a pod is not an object");
        string name = "",
            space = "",
            version = "";
        var labels = SmallDictionary.None;
        var spec = PodSpecFacts.Nothing;
        var done = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("metadata"u8))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.StartObject)
                    ReadMeta(ref reader, ref name, ref space, ref version, ref labels);
                else
                    reader.SkipValue();
            }
            else if (reader.ValueTextEquals("spec"u8))
            {
                reader.Read();
                spec = PodSpecReader.Read(ref reader);
            }
            else if (reader.ValueTextEquals("status"u8))
            {
                reader.Read();
                done = ReadDone(ref reader);
            }
            else
            {
                reader.Read();
                reader.SkipValue();
            }
        }

        var counts = !done && (spec.Node is not null || !spec.Gated);
        return new CapacityPod
        {
            Metadata = new ObjectMeta
            {
                Name = name,
                Namespace = space,
                ResourceVersion = version,
            },
            Facts = counts ? new PodFacts(space, Interned.Of(labels), spec.Node, spec.Requests, spec.Placement) : null,
        };
    }

    public override void Write(Utf8JsonWriter writer, CapacityPod value, JsonSerializerOptions options) =>
        throw new NotSupportedException("pods are not written");

    private static void ReadMeta(
        ref Utf8JsonReader reader,
        ref string name,
        ref string space,
        ref string version,
        ref SmallDictionary labels
    )
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var which =
                reader.ValueTextEquals("name"u8) ? 1
                : reader.ValueTextEquals("namespace"u8) ? 2
                : reader.ValueTextEquals("resourceVersion"u8) ? 3
                : reader.ValueTextEquals("labels"u8) ? 4
                : 0;
            reader.Read();
            if (which == 4 && reader.TokenType == JsonTokenType.StartObject)
                labels = ReadLabels(ref reader);
            else if (which is 1 or 3 && reader.TokenType == JsonTokenType.String)
            {
                if (which == 1)
                    name = reader.GetString()!;
                else
                    version = reader.GetString()!;
            }
            else if (which == 2 && reader.TokenType == JsonTokenType.String)
                space = StringPool.Read(ref reader);
            else
                reader.SkipValue();
        }
    }

    private static SmallDictionary ReadLabels(ref Utf8JsonReader reader)
    {
        List<KeyValuePair<string, string>> pairs = [];
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = StringPool.Read(ref reader);
            reader.Read();
            if (reader.TokenType == JsonTokenType.String)
                pairs.Add(new(key, StringPool.Read(ref reader)));
            else
                reader.SkipValue();
        }

        return new SmallDictionary([.. pairs]);
    }

    private static bool ReadDone(ref Utf8JsonReader reader)
    {
        var done = false;
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.SkipValue();
            return false;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var phase = reader.ValueTextEquals("phase"u8);
            reader.Read();
            if (phase && reader.TokenType == JsonTokenType.String)
                done = reader.ValueTextEquals("Succeeded"u8) || reader.ValueTextEquals("Failed"u8);
            else
                reader.SkipValue();
        }

        return done;
    }
}
