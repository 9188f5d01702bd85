using System.Text.Json;
using System.Text.Json.Serialization;
using Ebb.Kubernetes.Resources;

namespace Ebb.Kubernetes.Capacity;

/// <summary>A Schedule as it is written; core reads what it says.</summary>
internal sealed record ScheduleDocument : IKubernetesObject
{
    public ObjectMeta Metadata
    {
        get => field ?? ObjectMeta.Nothing;
        init;
    }

    public JsonElement? Spec { get; init; }
}
