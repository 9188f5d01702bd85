using System.Text.Json;
using System.Text.Json.Serialization;
using Ebb.Kubernetes.Resources;

namespace Ebb.Kubernetes.Capacity;

/// <summary>A Schedule with its spec as JSON, which core interprets.</summary>
internal sealed record ScheduleDocument : IKubernetesObject
{
    public ObjectMeta Metadata
    {
        get => field ?? ObjectMeta.Nothing;
        init;
    }

    public JsonElement? Spec { get; init; }
}
