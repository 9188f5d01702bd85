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

    /// <summary>
    /// Null: it has ended, or it is not to be scheduled yet. Replaced by an older instance that says the same, so that
    /// two are not kept.
    /// </summary>
    public required PodFacts? Facts { get; set; }

    public DeletionMark Mark { get; init; }

    /// <summary>While it waits: the PersistentVolumeClaims that it names.</summary>
    public IReadOnlyList<string> Claims { get; init; } = [];
}

internal sealed class CapacityPodConverter : JsonConverter<CapacityPod>
{
    public override CapacityPod Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException("a pod is not an object");
        var meta = new PodMeta();
        var status = PodStatusFacts.Nothing;
        Utf8JsonReader spec = default;
        var hasSpec = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("metadata"u8))
            {
                reader.Read();
                meta.Read(ref reader);
            }
            else if (reader.ValueTextEquals("spec"u8))
            {
                // What a container takes depends on the status, which comes after it.
                reader.Read();
                spec = reader;
                hasSpec = true;
                reader.SkipValue();
            }
            else if (reader.ValueTextEquals("status"u8))
            {
                reader.Read();
                status = PodStatusReader.Read(ref reader);
            }
            else
            {
                reader.Read();
                reader.SkipValue();
            }
        }

        var read = hasSpec && !status.Done ? PodSpecReader.Read(ref spec, status) : PodSpecFacts.Nothing;
        var space = meta.Namespace;
        return new CapacityPod
        {
            Metadata = new ObjectMeta
            {
                Name = meta.Name,
                Namespace = space,
                ResourceVersion = meta.Version,
            },
            Mark = meta.Mark,
            // The claim of an ephemeral volume is named after its pod.
            Claims = read.OwnVolumes.Count == 0 ? read.Claims : [.. read.Claims, .. Named(meta.Name, read.OwnVolumes)],
            // A pod that is gated, or deleted before it had a node, is not to be scheduled.
            Facts =
                status.Done || (read.Node is null && (read.Gated || meta.Ending))
                    ? null
                    : new PodFacts(space, Interned.Of(meta.Labels), read.Node, read.Requests, read.Placement)
                    {
                        Name = meta.Name,
                        Limits = read.Limits,
                        Owner = meta.Owner,
                        Priority = read.Priority,
                        HasDeadline = read.HasDeadline,
                        Ending = meta.Ending,
                        Repels = read.OnHost(space),
                        RepelsInDomain = read.InDomain(space),
                        Attracts = read.With(space),
                        NotDemand =
                            read.Uncountable.Count == 0 ? null : $"cannot count: {string.Join(", ", read.Uncountable)}",
                    },
        };
    }

    private static IEnumerable<string> Named(string pod, IEnumerable<string> volumes) =>
        volumes.Select(volume => $"{pod}-{volume}");

    public override void Write(Utf8JsonWriter writer, CapacityPod value, JsonSerializerOptions options) =>
        throw new NotSupportedException("pods are not written");
}
