using System.Text.Json.Serialization;
using Ebb.Kubernetes.Capacity;

namespace Ebb.Kubernetes.Resources;

/// <summary>An object of a kind that is known only by its scale, which may have a pod template.</summary>
internal sealed record ScalableObject : IKubernetesObject
{
    public ObjectMeta Metadata
    {
        get => field ?? ObjectMeta.Nothing;
        init;
    }

    [JsonConverter(typeof(ScalableSpecConverter))]
    public ScalableSpec? Spec { get; init; }
}

/// <summary>Of the spec of any kind what its pod template says.</summary>
/// <param name="PodLabels">Null: it has no template with metadata.</param>
/// <param name="Template">What its pods are; null: there is no template that can be read.</param>
internal sealed record ScalableSpec(SmallDictionary? PodLabels, TemplateFacts? Template);
